"""What differs between two scenarios, in words, and what that changes in the answer."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.checks.measured_change import Change
from simkit.history.alteration import HOW, Alteration
from simkit.measures import SHARE, TIME
from simkit.table import Table


@dataclass(frozen=True, slots=True)
class ScenarioDiff:
    """What is otherwise in `after` than in `before` (how the two are called), and what that does to `attacks` attacks
    (policies through entry points); None where the answer was not asked for. Of a `change` the sign is that of
    `after`."""

    before: str
    after: str
    alterations: tuple[Alteration, ...]
    changes: tuple[Change, ...] = ()
    attacks: int | None = None
    trials: int = 0

    def __repr__(self) -> str:
        answer = f"{len(self.changes)} measures with them" if self.attacks is not None else "no answer asked"
        return f"ScenarioDiff({len(self.alterations)} things differ, {answer})"

    @property
    def is_same(self) -> bool:
        """True if the two say the same, whatever their comments and layout."""
        return not self.alterations

    @property
    def summary(self) -> str:
        """What is otherwise, in a sentence, and what it changes in the answer, in another."""
        if self.is_same:
            return f"{self.before} and {self.after} say the same: nothing differs, comments, notes and layout aside."
        counts = [(how, sum(each.how == how for each in self.alterations)) for how in HOW]
        told = ", ".join(f"{count} {_was(how, count)}" for how, count in counts if count)
        more, less = (sum(each.gives == gives for each in self.alterations) for gives in ("more", "less"))
        gives = [f"{count} of them {'gives' if count == 1 else 'give'} somebody {what}"
                 for count, what in ((more, "more"), (less, "less")) if count]  # fmt: skip
        text = f"From {self.before} to {self.after}: {'; '.join([told, *gives])}."
        return f"{text} {self._answer}".rstrip()

    @property
    def _answer(self) -> str:
        """What the change does to the attacks that were replayed."""
        if self.attacks is None:
            return ""
        if not self.changes:
            kept = "The answer stays" if self.attacks == 1 else f"All {self.attacks} answers stay"
            return f"{kept} as {'it was' if self.attacks == 1 else 'they were'}." if self.attacks else ""
        worse, better = self._attacks(True), self._attacks(False) - self._attacks(True)
        of = f"of {self.attacks} attack{'' if self.attacks == 1 else 's'}"
        counts = [f"{len(some)} {'gets' if len(some) == 1 else 'get'} {word}"
                  for some, word in ((worse, "worse"), (better, "less bad")) if some]  # fmt: skip
        telling = sorted(self.changes, key=lambda each: (not each.grew, each.unit is not SHARE, each.unit is TIME))
        first = telling[0]
        moved = f"{first.measure} {first.written(first.before)} to {first.written(first.after)}"
        return f"{of.capitalize()} {' and '.join(counts)}: {moved} under {first.policy} through {first.entry_point}."

    def _attacks(self, grew: bool) -> set[tuple[str, str]]:
        return {(each.policy, each.entry_point) for each in self.changes if each.grew is grew}

    def tables(self) -> list[Table]:
        """What is otherwise, then what that changes."""
        return [table for table in (self.words_table(), self.answer_table()) if table.rows]

    def words_table(self) -> Table:
        """A row for each thing that is otherwise: how, what, whether it gives somebody more, and its line."""
        rows = [(each.how, each.what, each.gives, each.place) for each in self.alterations]
        if any(each.gives for each in self.alterations):
            return Table(("how", "what", "gives", "at"), rows, title="What changed")
        return Table(("how", "what", "at"), [(how, what, at) for how, what, _, at in rows], title="What changed")

    def answer_table(self) -> Table:
        """A row for each measure that is otherwise: from what to what, by how much, because of what."""
        head = ("policy", "through", "measure", "was", "is", "difference", "because of")
        rows = [
            (
                each.policy,
                each.entry_point,
                each.measure,
                each.written(each.before),
                each.written(each.after),
                each.spread,
                "; ".join(str(culprit.element) for culprit in each.culprits),
            )
            for each in self.changes
        ]
        note = f"{self.trials:,} trials; differences are paired, sample by sample, with their 95 % interval."
        title = "What that changes in the answer"
        if any(row[-1] for row in rows):
            return Table(head, rows, title=title, note=note)
        return Table(head[:-1], [row[:-1] for row in rows], title=title, note=note)

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        return {
            "before": self.before,
            "after": self.after,
            "same": self.is_same,
            "summary": self.summary,
            "alterations": [each.to_dict() for each in self.alterations],
            "attacks": self.attacks,
            "trials": self.trials,
            "changes": [each.to_dict() for each in self.changes],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _was(how: str, count: int) -> str:
    return f"{'was' if count == 1 else 'were'} renamed" if how == "renamed" else how
