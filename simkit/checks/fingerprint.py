"""The name of a thing that is found again: what it is made of, and no line, figure or order of finding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def fingerprint_of(parts: Iterable[str]) -> str:
    """32 hexadecimal digits that stay the same while `parts` do."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
