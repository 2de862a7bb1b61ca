"""A changed scenario as the smallest change of the files that it was read from: comments and spelling stay."""

from simkit.patch.patched import Patch, patch

__all__ = ["Patch", "patch"]
