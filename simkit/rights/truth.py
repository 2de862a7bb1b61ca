"""Three values: True, False, and None for what the files do not tell (Kleene's strong logic)."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if one is False, else None if one is None, else True.

    >>> all_of([True, None]), all_of([None, False]), all_of([])
    (None, False, True)
    """
    found: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            found = None
    return found


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is True, else None if one is None, else False.

    >>> any_of([False, None]), any_of([None, True]), any_of([])
    (None, True, False)
    """
    found: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            found = None
    return found


def opposite(truth: Truth) -> Truth:
    """True of False, False of True, None of None."""
    return None if truth is None else not truth
