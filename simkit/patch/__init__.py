"""A changed scenario as the smallest change of the files that it was read from: comments and spelling stay."""

from simkit.patch.patch import Patch, files_of, read_instead, smallest_change
from simkit.patch.rewrite import Rewriting
from simkit.patch.yaml_text import CannotEditError, Edit, YamlText

__all__ = [
    "CannotEditError",
    "Edit",
    "Patch",
    "Rewriting",
    "YamlText",
    "files_of",
    "read_instead",
    "smallest_change",
]
