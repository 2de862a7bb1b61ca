"""What grew since the baseline, by how much, and which part of the change did it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from simkit.blast_radius import BlastRadius, Interval, intervals
from simkit.checks.elements import Element, Plain, restored, without
from simkit.errors import InputError
from simkit.measures import MEASURES, TIME, TIME_TO, Measure, Unit, named
from simkit.measures.measured import PROVEN, worst_of
from simkit.scenario import Scenario

MOST_ELEMENTS = 60
"""How many parts of a change are undone one by one."""
POSSIBLE = " (worst case)"
"""After the name of a goal: whether it can be reached at all."""

ReplayOf = Callable[[Scenario, str, str], BlastRadius | None]
"""The blast radius of a scenario under a policy through an entry point; None where it lacks one of them."""


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
    what the worst case now loses ("resource:impact") and did not, where that is the measure."""

    policy: str
    entry_point: str
    measure: str
    before: float
    after: float
    difference: Interval
    culprits: tuple[Culprit, ...] = ()
    newly: tuple[str, ...] = ()

    @property
    def grew(self) -> bool:
        """True if the attack got worse, and the whole interval of the difference says so."""
        return self.is_worse(self.difference)

    @property
    def shrank(self) -> bool:
        """True if the attack got less bad, and the whole interval of the difference says so."""
        return self.difference.low > 0 if self._less_is_worse else self.difference.high < 0

    @property
    def _less_is_worse(self) -> bool:
        return _row(self.measure.removesuffix(POSSIBLE)).worse == "less"

    def is_worse(self, difference: Interval) -> bool:
        """True if the whole interval of `difference` lies where an attack is worse."""
        return difference.high < 0 if self._less_is_worse else difference.low > 0

    @property
    def head(self) -> str:
        """The change in a word, in capitals where the attack got worse."""
        return ("FELL" if self.grew else "rose") if self._less_is_worse else ("GREW" if self.grew else "shrank")

    @property
    def unit(self) -> Unit:
        """What the measure is counted in; goals are chances."""
        return _row(self.measure.removesuffix(POSSIBLE)).unit

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
        """Which parts of the change did it."""
        if not self.culprits:
            return "no part of the change does it alone: several do it together"
        return "; ".join(self._blame(culprit) for culprit in self.culprits)

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


def _row(measure: str) -> Measure:
    """The row of a measure that is watched; a name that is no row is about a goal, which an older scenario may lack."""
    return named(measure)


def differences(old: BlastRadius | None, new: BlastRadius) -> Iterator[Change]:
    """Each measure of `new` that differs from `old` (None: there was nothing to lose)."""
    watched = [row for row in MEASURES.values() if row.watched and (row.is_paired or row.samples is None)]
    rows, times = ([row.name for row in watched if (row.unit is TIME) == timed] for timed in (False, True))
    found = [_difference(old, new, measure) for measure in (*rows, *new.legend.goals)]
    found = [change for change in found if change.grew or change.shrank]
    yield from found
    if any(change.grew for change in found):
        return  # what happens more often is earlier on average: that is said once
    moved = (_difference(old, new, measure) for measure in (*times, *(TIME_TO + goal for goal in new.legend.goals)))
    yield from (change for change in moved if change.grew or (change.shrank and not found))


def _difference(old: BlastRadius | None, new: BlastRadius, measure: str) -> Change:
    """A goal that no sample tells apart may still have become possible: then the worst case tells."""
    provenance = new.provenance
    made = (provenance.policy, provenance.entry_point, measure)
    row = _row(measure)
    before, after = _mean(old, row, new), _mean(new, row, new)
    paired = Change(*made, before, after, gap(old, new, measure))
    if measure in new.legend.goals and not (paired.grew or paired.shrank):
        possible = _possible(old, measure), _possible(new, measure)
        return Change(*made[:2], f"{measure}{POSSIBLE}", *possible, _exact(possible[1] - possible[0], new.trials))
    if row.name == "worst-case":
        had = old.worst_case.losses if old else ()
        return replace(paired, newly=tuple(loss for loss in new.worst_case.losses if loss not in had))
    return paired


def _possible(result: BlastRadius | None, goal: str) -> float:
    return float(result is not None and goal in result.worst_case.goals)


def _exact(value: float, trials: int) -> Interval:
    return Interval(value, value, value, trials, PROVEN)


def _mean(result: BlastRadius | None, row: Measure, known: BlastRadius) -> float:
    if result is None:
        return _harmless(row, known)
    if row.samples is None:
        return worst_of(result, row)
    return intervals.mean(row.of_samples(result).tolist()).estimate


def _harmless(row: Measure, known: BlastRadius) -> float:
    """The measure of an attack that loses nothing: no loss before the horizon, and none of anything else."""
    return known.graph.horizon / 1000 if row.unit is TIME else 0.0


def gap(old: BlastRadius | None, new: BlastRadius | None, measure: str) -> Interval:
    """How much more of `measure` there is in `new`: paired, sample by sample, or exact in the worst case."""
    known = next(result for result in (new, old) if result is not None)
    if measure.endswith(POSSIBLE):
        goal = measure.removesuffix(POSSIBLE)
        return _exact(_possible(new, goal) - _possible(old, goal), known.trials)
    row = _row(measure)
    if row.samples is None:
        return _exact(_mean(new, row, known) - _mean(old, row, known), known.trials)
    nothing = [_harmless(row, known)] * known.trials
    more = row.of_samples(new).tolist() if new else nothing
    less = row.of_samples(old).tolist() if old else nothing
    return intervals.mean([a - b for a, b in zip(more, less, strict=True)])


@dataclass(frozen=True, slots=True)
class Attribution:
    """Finds out which of `elements`, the parts that changed from `before` to `after`, did it."""

    before: Plain
    after: Plain
    elements: Sequence[Element]
    file: str
    replay: ReplayOf

    def culprits(self, change: Change, slot: str, old: BlastRadius | None, new: BlastRadius) -> tuple[Culprit, ...]:
        """The parts without which `change` is smaller; if there is none, those that bring it on their own."""
        tried = self.elements[:MOST_ELEMENTS]
        entry = change.entry_point
        undone = [(each, self._result(without(self.after, each, self.elements), slot, entry)) for each in tried]
        found = [Culprit(e, gap(result, new, change.measure)) for e, (known, result) in undone if known]
        if guilty := self._guilty(change, found):
            return guilty
        alone = [(each, self._result(self._alone(each), slot, entry)) for each in tried]
        brought = [
            Culprit(e, gap(old, result, change.measure), False) for e, (known, result) in alone if known and result
        ]
        return self._guilty(change, brought)

    @staticmethod
    def _guilty(change: Change, found: Sequence[Culprit]) -> tuple[Culprit, ...]:
        return tuple(sorted((c for c in found if change.is_worse(c.effect)), key=lambda c: -abs(c.effect.estimate)))

    def _result(self, form: Plain, slot: str, entry: str) -> tuple[bool, BlastRadius | None]:
        """Whether `form` is a scenario at all, and its blast radius; None where it lacks the policy or entry point."""
        try:
            scenario = restored(form, self.file)
        except InputError:
            return False, None
        return True, self.replay(scenario, slot, entry)

    def _alone(self, element: Element) -> Plain:
        """The scenario of before with `element`, and with the new operation that it names, or it would dangle."""
        form = element.done(self.before)
        named = element.after.get("operation") if isinstance(element.after, dict) else None
        for other in self.elements:
            if other.where[2:3] == ("operations",) and f"{other.where[1]}.{other.where[-1]}" == named:
                form = other.done(form)
        return form
