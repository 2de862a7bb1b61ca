"""What a trust policy asks of a token, and whether a token of which a part is known can have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import escape

CHECKED = ("StringEquals", "StringLike")
"""Operators whose values are compared; what another one asks is open."""
PART = "\0"
"""In a glob of what a token claims: any text without a colon, such as the name of a repository."""
LARGEST = 10_000_000
"""Two globs whose lengths multiplied are more are not compared."""


@dataclass(frozen=True, slots=True)
class AskedOfToken:
    """What one statement of a trust policy asks: for each claim the globs one of which it must fit.

    `open` are keys with an operator that is not compared here.
    """

    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    open: tuple[str, ...] = ()

    def refused(self, known: Mapping[str, Sequence[str]]) -> str:
        """The first claim that a token cannot have, of which globs of what it may claim are `known`; else empty."""
        for claim, globs in self.claims:
            if claim in known and not any(fit_together(one, other) for one in globs for other in known[claim]):
                return f"{claim} {' or '.join(globs)}"
        return ""

    def __str__(self) -> str:
        return ", ".join([*(f"{claim} {' or '.join(globs)}" for claim, globs in self.claims), *self.open])


def asked(clauses: Sequence[tuple[str, str, Sequence[str]]]) -> AskedOfToken:
    """What `clauses` ask, each a key, an operator and its values."""
    found: list[tuple[str, tuple[str, ...]]] = []
    left: list[str] = []
    for key, operator, values in clauses:
        if operator in CHECKED:
            globs = values if operator == "StringLike" else map(escape, values)
            found.append((key.rpartition(":")[2], tuple(globs)))
        else:
            left.append(key)
    return AskedOfToken(tuple(found), tuple(left))


def fit_together(one: str, other: str) -> bool:
    """True if some text fits both globs, of `*`, `?` and letters in brackets; in the other one also `PART`.

    >>> fit_together("repo:shop/*:ref:refs/heads/main", "repo:*:ref:*"), fit_together("repo:a/b:*", "repo:c/*")
    (True, False)
    """
    left, right = _letters(one), _letters(other)
    if len(left) * len(right) > LARGEST:
        return True  # no name is so long: nothing is told apart by it
    row = {0}
    for at in range(len(left) + 1):
        row = _spread(row, left[at] == "*" if at < len(left) else False, right)
        if at < len(left):
            row = _after(row, left[at], right)
    return len(right) in row


def _spread(row: set[int], star: bool, right: Sequence[str]) -> set[int]:
    """The places in `right` that are reached from those of `row` by taking stars for any text."""
    found, waiting = set(row), list(row)
    while waiting:
        place = waiting.pop()
        if place < len(right) and (star or right[place] in ("*", PART)) and place + 1 not in found:
            found.add(place + 1)
            waiting.append(place + 1)
    return found


def _after(row: set[int], letter: str, right: Sequence[str]) -> set[int]:
    """The places in `right` that are reached from those of `row` by one letter of the other glob."""
    if letter == "*":
        return row
    open_ = {place for place in row if place < len(right)}
    stars = {place for place in open_ if right[place] == "*" or (right[place] == PART and letter != "=:")}
    same = {place + 1 for place in open_ if right[place] == letter or "?" in (letter, right[place])}
    return stars | same


def _letters(pattern: str) -> tuple[str, ...]:
    """The letters of a glob; one that stands for itself, as `glob.escape` writes it, with a mark before it."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "[" and pattern[at + 2 : at + 3] == "]":
            found.append("=" + pattern[at + 1])
            at += 3
        else:
            found.append(pattern[at] if pattern[at] in f"*?{PART}" else "=" + pattern[at])
            at += 1
    return tuple(found)
