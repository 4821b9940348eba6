"""Painted plots that can be read by eye, pointer, keyboard and screen reader."""

from __future__ import annotations

from clinic_desk.ui.widgets.charts.bars import BarPlot, RowPlot
from clinic_desk.ui.widgets.charts.heat import HeatMap
from clinic_desk.ui.widgets.charts.lines import LinePlot
from clinic_desk.ui.widgets.charts.plot import Plot, Series

__all__ = ["BarPlot", "HeatMap", "LinePlot", "Plot", "RowPlot", "Series"]
