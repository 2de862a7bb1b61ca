"""What the linter has to ask, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.table import Table


@dataclass(frozen=True, slots=True)
class LintWarning:
    """What is probably a slip in a sound scenario: its `code`, where it is, what is so and what mends it.

    `where` are keys and indices from the root; `line` and `column` count from 1, and are 0 where the scenario did not
    come from a file. `policies` and `entry_points` are those whose answers it touches: None stands for all; where no
    number depends on it, there are none.
    """

    code: str
    where: tuple[str | int, ...]
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    policies: frozenset[str] | None = None
    entry_points: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.code}]"

    @property
    def place(self) -> str:
        """`file:line:column`, or the keys that lead to it."""
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        return ".".join(str(part) for part in self.where)

    def touches(self, policies: Iterable[str] | None, entry_points: Iterable[str] | None) -> bool:
        """True if an answer about `policies` and `entry_points` (None: all) depends on what this is about."""
        return _meets(self.policies, policies) and _meets(self.entry_points, entry_points)

    def to_dict(self) -> dict[str, Any]:
        """The warning as plain data."""
        return {
            "code": self.code,
            "file": self.file,
            "line": self.line or None,
            "column": self.column or None,
            "where": list(self.where),
            "message": self.message,
        }


def _meets(theirs: frozenset[str] | None, asked: Iterable[str] | None) -> bool:
    if theirs is None or asked is None:
        return theirs is None or bool(theirs)
    return not theirs.isdisjoint(asked)


@dataclass(frozen=True, slots=True)
class LintReport:
    """The warnings about one scenario, in file order, and those that its comments silence."""

    scenario: str
    file: str
    warnings: tuple[LintWarning, ...] = ()
    silenced: tuple[LintWarning, ...] = ()

    def __repr__(self) -> str:
        codes = f": {', '.join(self.codes)}" if self.warnings else ""
        return f"LintReport({self.scenario}: {_counted(len(self.warnings))}, {len(self.silenced)} silenced{codes})"

    def __iter__(self) -> Iterator[LintWarning]:
        return iter(self.warnings)

    def __len__(self) -> int:
        return len(self.warnings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the warnings, each once, in file order."""
        return tuple(dict.fromkeys(warning.code for warning in self.warnings))

    @property
    def summary(self) -> str:
        """How many warnings there are, in one sentence."""
        silent = f" ({len(self.silenced)} more are answered in the file)" if self.silenced else ""
        return f"{self.scenario} has {_counted(len(self.warnings))}{silent}"

    def touching(self, policies: Iterable[str] | None = None, entry_points: Iterable[str] | None = None) -> LintReport:
        """The report with the warnings alone that an answer about `policies` and `entry_points` depends on; None stands
        for all of them."""
        asked = None if policies is None else frozenset(policies)
        entries = None if entry_points is None else frozenset(entry_points)
        kept = tuple(warning for warning in self.warnings if warning.touches(asked, entries))
        return LintReport(self.scenario, self.file, kept, self.silenced)

    @property
    def caution(self) -> str:
        """What stands above an answer that all these warnings touch, in one line; empty where there are none."""
        if not self.warnings:
            return ""
        verb = "touches" if len(self.warnings) == 1 else "touch"
        shown = f" (simkit validate {self.file})" if self.file not in ("", "-") else ""
        return f"{_counted(len(self.warnings))} in this file {verb} this answer: {', '.join(self.codes)}{shown}"

    def table(self) -> Table:
        """A row for each warning: where it is, its code, and what is so and what mends it."""
        rows = [(warning.place, warning.code, warning.message) for warning in self.warnings]
        return Table(("place", "code", "warning"), rows, title=self.scenario)

    def tables(self) -> Sequence[Table]:
        """The table."""
        return [self.table()]

    def to_dict(self) -> Mapping[str, Any]:
        """The report as plain data."""
        return {
            "scenario": self.scenario,
            "file": self.file,
            "warnings": [warning.to_dict() for warning in self.warnings],
            "silenced": [warning.to_dict() for warning in self.silenced],
        }

    def _repr_html_(self) -> str:
        return self.table().html()


def _counted(count: int) -> str:
    return f"{count} warning{'' if count == 1 else 's'}"
