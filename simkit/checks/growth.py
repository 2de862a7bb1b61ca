"""What grew since the baseline, by how much, and which part of the change did it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from simkit.blast_radius import BlastRadius, Interval, intervals
from simkit.checks.elements import Element, Plain, leaning_on, restored, without
from simkit.checks.measured_change import POSSIBLE, Change, Culprit, row_of
from simkit.errors import InputError
from simkit.measures import MEASURES, TIME, TIME_TO, Measure
from simkit.measures.measured import PROVEN, worst_of
from simkit.scenario import Scenario

MOST_ELEMENTS = 60
"""How many parts of a change are undone one by one."""
ReplayOf = Callable[[Scenario, str, str], BlastRadius | None]
"""The blast radius of a scenario under a policy through an entry point; None where it lacks one of them."""


def differences(old: BlastRadius | None, new: BlastRadius, tolerance: float = 0.0) -> Iterator[Change]:
    """Each measure of `new` that differs from `old` (None: there was nothing to lose) by more than `tolerance`."""
    watched = [row for row in MEASURES.values() if row.watched and (row.is_paired or row.samples is None)]
    rows, times = ([row.name for row in watched if (row.unit is TIME) == timed] for timed in (False, True))
    found = [_difference(old, new, measure, tolerance) for measure in (*rows, *new.legend.goals)]
    found = [change for change in found if change.differs]
    yield from found
    if any(change.grew for change in found):
        return  # what happens more often is earlier on average: that is said once
    moved = (
        _difference(old, new, measure, tolerance)
        for measure in (*times, *(TIME_TO + goal for goal in new.legend.goals))
    )
    yield from (change for change in moved if change.grew or (change.differs and not found))


def _difference(old: BlastRadius | None, new: BlastRadius, measure: str, tolerance: float) -> Change:
    """A goal that no sample tells apart may still have become possible: then the worst case tells."""
    provenance = new.provenance
    made = (provenance.policy, provenance.entry_point, measure)
    row = row_of(measure)
    before, after = _mean(old, row, new), _mean(new, row, new)
    paired = Change(*made, before, after, gap(old, new, measure), tolerance=tolerance)
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
    row = row_of(measure)
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
    made: dict[tuple[int, bool], Scenario | None] = field(default_factory=dict)
    """The scenario without each of `elements`, and with it alone: each is read once, however much changed."""

    def culprits(self, change: Change, slot: str, old: BlastRadius | None, new: BlastRadius) -> tuple[Culprit, ...]:
        """The parts without which `change` is smaller; if there is none, those that bring it on their own."""
        tried = self.elements[:MOST_ELEMENTS]
        entry = change.entry_point
        undone = [(each, self._result(at, True, slot, entry)) for at, each in enumerate(tried)]
        found = [Culprit(e, gap(result, new, change.measure)) for e, (known, result) in undone if known]
        if guilty := self._guilty(change, found):
            return guilty
        alone = [(each, self._result(at, False, slot, entry)) for at, each in enumerate(tried)]
        brought = [
            Culprit(e, gap(old, result, change.measure), False) for e, (known, result) in alone if known and result
        ]
        return self._guilty(change, brought)

    def _guilty(self, change: Change, found: Sequence[Culprit]) -> tuple[Culprit, ...]:
        """Those that make it worse, most of it first, and of equal ones that on which most of the others lean; what
        only names an attack, or a goal of it, comes last."""
        worse = [culprit for culprit in found if change.is_worse(culprit.effect)]

        def place(one: Culprit) -> tuple[bool, float, int]:
            leaning = len(leaning_on(one.element, self.elements))
            return one.element.only_names, -abs(one.effect.estimate), -leaning

        return tuple(sorted(worse, key=place))

    def _result(self, at: int, undone: bool, slot: str, entry: str) -> tuple[bool, BlastRadius | None]:
        """Whether there is a scenario at all without the element there (or with it alone), and its blast radius; None
        where it lacks the policy or entry point."""
        if (at, undone) not in self.made:
            self.made[at, undone] = self._scenario(self.elements[at], undone)
        scenario = self.made[at, undone]
        return (False, None) if scenario is None else (True, self.replay(scenario, slot, entry))

    def _scenario(self, element: Element, undone: bool) -> Scenario | None:
        form = without(self.after, element, self.elements) if undone else self._alone(element)
        try:
            return restored(form, self.file)
        except InputError:
            return None

    def _alone(self, element: Element) -> Plain:
        """The scenario of before with `element`, and with the new operation that it names, or it would dangle."""
        form = element.done(self.before)
        named = element.after.get("operation") if isinstance(element.after, dict) else None
        for other in self.elements:
            if other.where[2:3] == ("operations",) and f"{other.where[1]}.{other.where[-1]}" == named:
                form = other.done(form)
        return form
