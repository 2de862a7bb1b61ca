"""One measure that changed since the baseline, by how much, and the parts of the change that did it."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.blast_radius import Interval
from simkit.checks.elements import Element
from simkit.measures import SHARE, Measure, Unit, named
from simkit.measures.measured import PROVEN

POSSIBLE = " (worst case)"
"""After the name of a goal: whether it can be reached at all."""
MOST_BLAMED = 2
"""How many parts of the change a sentence names: an imported thing comes with its rights, its tool and its goals."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """A part of the change, and what undoing it takes back (`undoing`), or what it brings on its own. `place` says
    where it stands, if that is in another file than the scenario's own."""

    element: Element
    effect: Interval
    undoing: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one policy and entry point, before and after; `difference` is paired, sample by sample. `newly` is
    what the worst case now loses ("resource:impact") and did not, where that is the measure. `tolerance` is how much
    more is no growth: of a chance in points, of everything else as a share of what it was."""

    policy: str
    entry_point: str
    measure: str
    before: float
    after: float
    difference: Interval
    culprits: tuple[Culprit, ...] = ()
    newly: tuple[str, ...] = ()
    tolerance: float = 0.0

    @property
    def grew(self) -> bool:
        """True if the attack got worse by more than is tolerated, and the whole interval of the difference says so.
        What could not be at all, and can be now, is never tolerated."""
        if self.newly or (self.in_worst_case and not self.before):
            return self.is_worse(self.difference)
        slack = self.tolerance * (1.0 if self.unit is SHARE else abs(self.before))
        found = self.difference
        return found.high < -slack if self._less_is_worse else found.low > slack

    @property
    def differs(self) -> bool:
        """True if the attack got worse, tolerated or not, or less bad."""
        return self.is_worse(self.difference) or self.shrank

    @property
    def shrank(self) -> bool:
        """True if the attack got less bad, and the whole interval of the difference says so."""
        return self.difference.low > 0 if self._less_is_worse else self.difference.high < 0

    @property
    def _less_is_worse(self) -> bool:
        return row_of(self.measure).worse == "less"

    def is_worse(self, difference: Interval) -> bool:
        """True if the whole interval of `difference` lies where an attack is worse."""
        return difference.high < 0 if self._less_is_worse else difference.low > 0

    @property
    def head(self) -> str:
        """The change in a word, in capitals where the attack got worse."""
        if self.is_worse(self.difference) and not self.grew:
            return "tolerated"
        return ("FELL" if self.grew else "rose") if self._less_is_worse else ("GREW" if self.grew else "shrank")

    @property
    def unit(self) -> Unit:
        """What the measure is counted in; goals are chances."""
        return row_of(self.measure).unit

    @property
    def in_worst_case(self) -> bool:
        """True for what is computed, whatever the samples drew."""
        return self.difference.method == PROVEN

    def written(self, value: float) -> str:
        """`value` as people read it."""
        return self.unit.write(value)

    @property
    def spread(self) -> str:
        """The difference with its interval."""
        sign, found = "+" if self.difference.estimate > 0 else "", self.difference
        if found.method == PROVEN:
            return f"{sign}{self.written(found.estimate)}"
        return f"{sign}{self.unit.spread(found)}"

    @property
    def because(self) -> str:
        """Which parts of the change did it: those that did the most, and how many more."""
        if not self.culprits:
            return "no part of the change does it alone: several do it together"
        told = [self._blame(culprit) for culprit in self.culprits[:MOST_BLAMED]]
        more = len(self.culprits) - len(told)
        return "; ".join([*told, f"{more} more of the change"] if more else told)

    def _blame(self, culprit: Culprit) -> str:
        share = self.written(culprit.effect.estimate)
        at = f" at {culprit.place}" if culprit.place else ""
        return f"{culprit.element}{at} ({'undoing it takes back' if culprit.undoing else 'alone it brings'} {share})"

    @property
    def sentence(self) -> str:
        """What changed, by how much, and what did it."""
        text = f"{self.head}: {self.measure} {self.written(self.before)} -> {self.written(self.after)} "
        text += f"({self.spread}) under {self.policy} through {self.entry_point}"
        text += f", newly lost: {', '.join(self.newly)}" if self.newly else ""
        return f"{text}, because of {self.because}." if self.grew else f"{text}."

    def to_dict(self) -> dict[str, object]:
        """The change as plain data."""
        return {
            "policy": self.policy,
            "entry_point": self.entry_point,
            "measure": self.measure,
            "before": self.before,
            "after": self.after,
            "difference": self.difference.to_dict(),
            "grew": self.grew,
            "newly_lost": list(self.newly),
            "because": [
                {
                    "kind": culprit.element.kind,
                    "what": str(culprit.element),
                    "where": list(culprit.element.where),
                    "before": culprit.element.before,
                    "after": culprit.element.after,
                    **({"place": culprit.place} if culprit.place else {}),
                    "undoing_takes_back" if culprit.undoing else "alone_brings": culprit.effect.estimate,
                }
                for culprit in self.culprits
            ],
            "sentence": self.sentence,
        }


def row_of(measure: str) -> Measure:
    """The row of a measure that is watched; a name that is no row is about a goal, which an older scenario may lack."""
    return named(measure.removesuffix(POSSIBLE))
