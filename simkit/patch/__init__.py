"""A changed scenario as the smallest change of the files that it was read from: comments and spelling stay."""

from simkit.patch.patch import Patch, smallest_change

__all__ = ["Patch", "smallest_change"]
