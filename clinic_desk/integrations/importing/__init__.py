"""Import of a clinic's former lists and diary: CSV patient lists and iCalendar diaries.

Every source row ends as imported, merged (it was there already) or rejected with a reason; a
rejected row is written to a file of the same shape that can be corrected and imported again.
"""

from clinic_desk.integrations.importing.run import FileImporter, import_files, preview

__all__ = ["FileImporter", "import_files", "preview"]
