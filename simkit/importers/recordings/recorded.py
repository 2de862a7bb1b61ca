"""What a recording shows, whatever its format: calls, who made them, what became of them, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

EVERY = "*"
"""In `Recording.blind`: whatever was called, this run does not show it."""
_TROUBLE = frozenset("*?[]\"'\\")
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One call: of `operation` (of `tool`) by `actor` (empty: not known), as a part of `thread`.

    `target` is what it was done to, `effect` what it does where the format says so, `time` in seconds since 1970.
    """

    actor: str
    tool: str
    operation: str
    thread: str
    outcome: str
    time: float | None = None
    target: str = ""
    effect: str = ""
    mark: str = ""
    """A text that stands in the file where the call does."""
    path: str = ""
    """That file, where the recording is several."""

    @property
    def full_name(self) -> str:
        """Tool and operation, as the scenario names them."""
        return f"{self.tool}.{self.operation}"


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """An operation (of `tool`) that `actor` could choose, whether or not it did; `mark` and `path` as for a call."""

    actor: str
    tool: str
    operation: str
    mark: str = field(default="", compare=False)
    path: str = field(default="", compare=False)


@dataclass(slots=True)
class Recording:
    """What one file shows. `source` is its name in the scenario; `path` where it lies."""

    source: str
    path: str
    kind: str
    calls: list[SeenCall] = field(default_factory=list)
    actors: dict[str, str] = field(default_factory=dict)
    """Everybody who was named, with the kind of identity, whether or not a call of theirs was seen."""
    threads: dict[tuple[str, str], None] = field(default_factory=dict)
    """(actor, thread): the runs that were seen, also those without a call."""
    blind: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """For a run, or for all of an actor's (empty thread), or for everybody's (both empty): what is not shown."""
    offered: dict[OfferedTool, None] = field(default_factory=dict)
    """What could be chosen, as far as the recording says it."""
    handed: dict[tuple[str, str], None] = field(default_factory=dict)
    """Who handed work to whom."""
    may_hand: dict[tuple[str, str], None] = field(default_factory=dict)
    """Who could hand work to whom, whether or not it did."""
    failed: set[tuple[str, str]] = field(default_factory=set)
    """Runs that are known not to have done their job."""
    untold: dict[str, str] = field(default_factory=dict)
    """What the recording cannot tell, and why."""
    marks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """For an actor, a text that stands where it is named, and the file."""
    paths: dict[tuple[str, str], str] = field(default_factory=dict)
    """For a run, the file in which it begins, where the recording is several."""
    pause: float = 0.0
    """Calls of one thread further apart than this (seconds) are of two runs; 0: never."""

    def tell_not(self, what: str, why: str) -> None:
        """Keep what the recording cannot tell; the first reason stays."""
        self.untold.setdefault(what, why)

    def names(self, actor: str, kind: str, mark: str = "", path: str = "") -> None:
        """Somebody is named."""
        if actor:
            self.actors.setdefault(actor, kind)
            if mark:
                self.marks.setdefault(actor, (mark, path))

    def add(self, calls: Iterable[SeenCall], kind: str) -> None:
        """Calls, by identities of `kind`."""
        for call in calls:
            self.calls.append(call)
            self.names(call.actor, kind, call.mark, call.path)
            self.threads.setdefault((call.actor, call.thread))


def plain_name(text: object) -> str:
    """`text` as a name: printable, on one line, without what globs and quotes are made of; empty where it is none.

    >>> plain_name("read_ticket"), plain_name("what[1]?"), plain_name(None)
    ('read_ticket', 'what-1--', '')
    """
    if not isinstance(text, str):
        return ""
    if text.isprintable() and not _TROUBLE & set(text):
        return text.strip()[:LONGEST_NAME].strip()
    kept = "".join("-" if letter in _TROUBLE or not letter.isprintable() else letter for letter in text)
    return kept.strip()[:LONGEST_NAME].strip()


def tool_name(text: object) -> str:
    """`text` as the name of a tool, which has no dot."""
    return plain_name(text).replace(".", "-")


def seconds_from(value: object) -> float | None:
    """Nanoseconds since 1970, as a number or as text, in seconds to a microsecond; None for anything else.

    >>> seconds_from("1795907907494000000"), seconds_from("soon")
    (1795907907.494, None)
    """
    if isinstance(value, str):
        if not value.isascii() or not value.isdigit() or len(value) > 20:
            return None
        value = int(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 2.5e20:
        return None
    return round(value / 1e9, 6)
