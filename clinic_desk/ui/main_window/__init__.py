"""The window of the front desk: toolbar, sidebar, pages, shelf, status bar."""

from clinic_desk.ui.main_window.window import MainWindow

__all__ = ["MainWindow"]
