"""What people apply: files of another system as a narrower scenario needs them, and what came of trying it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simkit.artifacts.sources import ImportedSources
from simkit.narrowing import Narrowing
from simkit.patch import Patch
from simkit.scenario import Scenario
from simkit.table import Table


@dataclass(frozen=True)
class Wording:
    """What a kind of artifact makes of some narrowings: `files` that change, by name, each with its new text; how each
    narrowing is `said` there, why another is `unsaid`, and which `checks` of others they have passed.

    `exports` are the files that were imported as they will be when the other system has been changed and tells of
    itself again; None where `files` are themselves what is imported.
    """

    files: Mapping[str, str]
    said: Mapping[Narrowing, str]
    unsaid: Mapping[Narrowing, str]
    checks: tuple[str, ...] = ()
    exports: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ArtifactKind:
    """One kind of artifact. `tests/artifact_contract.py` is what each must do.

    `writes` says in a few words what comes out; `imported` is the kind of files that it changes (empty: it needs none,
    and writes new ones). `offers` are the narrowings that it can carry out, `carry` does. `silent` is what no such
    file can say.
    """

    kind: str
    writes: str
    imported: str
    offers: Callable[[Scenario, ImportedSources | None], Iterator[Narrowing]]
    carry: Callable[[Scenario, ImportedSources | None, Sequence[Narrowing]], Wording]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Artifact:
    """Narrowings in the form that people apply, tried out before it is shown.

    `files` maps each file of the other system to its text before and after, `parts` each imported part of the scenario
    to the same. `applied` is the scenario that comes of it when the files are imported again; `beyond` is what it takes
    away that the narrowings do not, `unkept` the narrowings that do not hold in it.
    """

    kind: ArtifactKind
    scenario: Scenario
    narrowings: tuple[Narrowing, ...]
    files: Mapping[str, tuple[str, str]]
    parts: Mapping[str, tuple[str, str]]
    said: Mapping[Narrowing, str]
    unsaid: Mapping[Narrowing, str]
    applied: Scenario
    beyond: tuple[str, ...] = ()
    unkept: tuple[Narrowing, ...] = ()
    checks: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        return f"Artifact({self.kind.kind}: {len(self.files)} files, {len(self.said)} said, {len(self.unsaid)} not)"

    @property
    def is_whole(self) -> bool:
        """True if every narrowing is said, and holds when the files are imported again."""
        return not self.unsaid and not self.unkept

    @property
    def diff(self) -> str:
        """The change as a unified diff, which `git apply` takes: of the files, and of the parts imported from them."""
        return Patch({**self.files, **self.parts}).diff

    @property
    def summary(self) -> str:
        """What is said, and where."""
        count = len(self.said)
        said = f"{count} change{'' if count == 1 else 's'} in {', '.join(self.files)}" if self.files else "No change"
        return f"{said}{f'; {len(self.unsaid)} cannot be said there' if self.unsaid else ''}."

    def tables(self) -> list[Table]:
        """How each narrowing is said, what cannot be, and what goes besides; each if there is any."""
        found = (
            Table(("change", "where and how"), _rows(self.said), title=f"as {self.kind.kind}"),
            Table(("change", "why not"), _rows(self.unsaid), title=f"{self.kind.kind} cannot say"),
            Table(("change",), [(each.name,) for each in self.unkept], title="does not hold when imported again"),
            Table(("what",), [(each,) for each in self.beyond], title="goes besides"),
        )
        return [table for table in found if table.rows]

    def to_dict(self) -> dict[str, Any]:
        """The artifact as plain data."""
        return {
            "kind": self.kind.kind,
            "files": {name: new for name, (_, new) in self.files.items()},
            "said": [{**each.to_dict(), "how": how} for each, how in self.said.items()],
            "unsaid": [{**each.to_dict(), "why": why} for each, why in self.unsaid.items()],
            "beyond": list(self.beyond),
            "unkept": [each.to_dict() for each in self.unkept],
            "checks": list(self.checks),
            "diff": self.diff,
        }


def _rows(told: Mapping[Narrowing, str]) -> list[tuple[str, str]]:
    return [(each.name, why) for each, why in told.items()]
