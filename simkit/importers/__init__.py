"""Other systems' files as scenarios: one folder or file an importer, one row in `kinds.IMPORTERS`.

Nothing is executed, no network is used, and no secret is copied. What a file does not say is assumed aloud, and what
simkit cannot say is listed with its line: nothing is dropped in silence.
"""

from simkit.importers.assembly import import_files
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import Assumed, Imported, Untranslated
from simkit.importers.importer import Importer
from simkit.importers.kinds import IMPORTERS
from simkit.importers.part_changes import PartChange, part_changes, says_the_same
from simkit.importers.whole import parts_in, whole

__all__ = [
    "IMPORTERS",
    "Assumed",
    "FilePlace",
    "Imported",
    "Importer",
    "PartChange",
    "Untranslated",
    "import_files",
    "part_changes",
    "parts_in",
    "says_the_same",
    "whole",
]
