"""Which credential or identity is the worst to lose."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from simkit.attackgraph import Ground
from simkit.blast_radius.provenance import Provenance
from simkit.table import Table, format_number, percent


@dataclass(frozen=True, slots=True)
class Ranked:
    """One credential (leaked) or identity (compromised), and the worst that follows; `count` are alike."""

    kind: str
    name: str
    value: float
    impact: float
    goals: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True)
class ShortestWay:
    """One of the shortest ways from the loss of the credential or identity `name` to `goal`: each step in words, with
    all that it rests on."""

    kind: str
    name: str
    goal: str
    steps: tuple[tuple[str, tuple[Ground, ...]], ...]

    def __str__(self) -> str:
        return " -> ".join(label for label, _ in self.steps)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every credential and identity by the worst case of losing it.

    `exposure` is, for each goal, the share of identities from which it can be reached (known as exposure %); the
    `impact` of a row is the share of the environment that can be reached downstream of it (impact %). `ways` has, where
    they were asked for, one to each goal of as many identities.
    """

    rows: tuple[Ranked, ...]
    exposure: dict[str, float]
    provenance: Provenance
    ways: tuple[ShortestWay, ...] = ()

    def __repr__(self) -> str:
        worst = self.rows[0] if self.rows else None
        shown = f"worst: {worst.kind} {worst.name}, {format_number(worst.value)}" if worst else "nothing to lose"
        return f"Ranking({len(self.rows)} credentials and identities under {self.provenance.policy}; {shown})"

    @property
    def summary(self) -> str:
        """The ranking in a sentence."""
        if not self.rows:
            return "The scenario has no credential and no identity to lose."
        worst = self.rows[0]
        return (
            f"Under {self.provenance.policy}, {worst.kind} {worst.name} is the worst to lose: up to "
            f"{format_number(worst.value)} of value, {percent(worst.impact)} of the environment."
        )

    def table(self) -> Table:
        """A row for each credential and identity, the worst first."""
        many = any(row.count > 1 for row in self.rows)
        rows = [
            (
                *(r.kind, r.name, *((r.count,) if many else ())),
                *(r.value, percent(r.impact), ", ".join(r.goals) or None),
            )
            for r in self.rows
        ]
        columns = ("kind", "name", *(("how many",) if many else ()), "worst case", "impact %", "goals in reach")
        return Table(columns, rows, title=str(self.provenance), note="worst case: chances and time are ignored")

    def exposure_table(self) -> Table:
        """A row for each goal: from which share of the identities it can be reached."""
        rows = [(goal, percent(share)) for goal, share in self.exposure.items()]
        return Table(("goal", "exposure %"), rows, title="identities from which a goal can be reached")

    def tables(self) -> list[Table]:
        """All tables of this result."""
        return [self.table(), self.exposure_table()] if self.exposure else [self.table()]

    def to_dict(self) -> dict[str, object]:
        """The ranking as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "rows": [_plain(row) for row in self.rows],
            "exposure": dict(self.exposure),
            **({"ways": [_told(way) for way in self.ways]} if self.ways else {}),
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _told(way: ShortestWay) -> dict[str, object]:
    return {"kind": way.kind, "name": way.name, "goal": way.goal, "steps": [label for label, _ in way.steps]}


def _plain(row: Ranked) -> dict[str, object]:
    """`row` as plain data; how many are alike where that is more than one."""
    found = asdict(row)
    return found if row.count > 1 else {key: value for key, value in found.items() if key != "count"}
