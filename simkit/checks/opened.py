"""One scenario file under check: what it promises is judged, and it is held against what it was."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from simkit.blast_radius import BlastRadius
from simkit.checks.baseline import IN_FORCE
from simkit.checks.before import Before
from simkit.checks.cuts import Cutting, distinct, needing, spot_of, taken
from simkit.checks.disarmed import Disarmed, disarmed
from simkit.checks.elements import Element, canonical, changes, leaning_on
from simkit.checks.file_check import FileCheck
from simkit.checks.growth import Attribution, differences
from simkit.checks.lines import Lines
from simkit.checks.measured_change import Change, Culprit
from simkit.checks.path_to_cut import PathToCut
from simkit.checks.renames import with_new_names
from simkit.checks.replays import Replays
from simkit.checks.spot import TOP, Spot
from simkit.checks.surface import Exposed, exposed
from simkit.checks.verdict import Verdict, judge, verdict
from simkit.checks.wider import Widening, wider
from simkit.errors import QuestionError
from simkit.scenario import Expectation, Scenario, checked_scenario, chosen_entries, load
from simkit.scenario.dumper import plain

Checked = Scenario | str | os.PathLike[str]
"""A scenario, or the path of its file; `-` is standard input."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario, its file, and the entry points through which it is judged."""

    file: str
    scenario: Scenario
    lines: Lines
    entries: tuple[str, ...]
    cutting: Cutting

    @classmethod
    def of(cls, given: Checked, entry_points: Iterable[str] | None) -> Opened:
        """A scenario that is named by its path is read; what it is called in sentences is its file, if it has one."""
        scenario = load(given) if isinstance(given, str | os.PathLike) else checked_scenario(given)
        file = "<stdin>" if scenario.file == "-" else scenario.file or scenario.name
        lines = Lines(scenario)
        cutting = Cutting(file, scenario.name, lines, needing(scenario.model))
        return cls(file, scenario, lines, chosen_entries(scenario, entry_points), cutting)

    @property
    def is_file(self) -> bool:
        """True for a scenario that has a path, by which it is known again."""
        return self.scenario.file not in ("", "-", "<text>")

    def judged(self, replays: Replays) -> FileCheck:
        """Whether it keeps what it promises."""
        made = self.scenario
        verdicts = tuple(judge(made, lambda policy, entry: replays.must(made, policy or IN_FORCE, entry), self.entries))
        paths = [path for verdict in verdicts for path in self.cutting.for_verdict(verdict)]
        return FileCheck(
            file=self.file,
            scenario=made.name,
            digest=made.digest,
            seed=replays.seed,
            trials=replays.trials,
            verdicts=verdicts,
            changes=(),
            paths=distinct(paths),
            spots=tuple((name, self.lines.of(("expect", name))) for name in made.expect),
        )

    def compared(self, found: FileCheck, replays: Replays, before: Before, tolerance: float = 0.0) -> FileCheck:
        """`found` with what grew since `before` by more than `tolerance`, and what is taken away from the check."""
        began = perf_counter()
        old = with_new_names(before.scenario, self.scenario)
        elements = _elements(old, self.scenario)
        changed, paths = self._grown(old, before.slots, elements, replays, tolerance)
        taken = self.disarmed(before)
        spots = [(change.sentence, self._spot(change, elements)) for change in changed if change.grew]
        spots += [(each.sentence, self._where(each, tuple(plain(before.scenario)))) for each in taken]
        told = {(change.policy, str(culprit.element)) for change in changed for culprit in change.culprits}
        reached = tuple(
            each
            for each in self._exposed(old, before.slots, elements, replays)
            if (each.policy, each.because) not in told  # one cause is told once
        )
        spots += [(each.sentence, self._stands(each.element, elements)) for each in reached if each.element]
        opened, closed = self._taken(old, before.slots, replays) if elements else (0, 0)
        return replace(
            found,
            verdicts=self._known(found, old, replays),
            opened=opened,
            closed=closed,
            changes=tuple(changed),
            paths=distinct([*paths, *found.paths]),
            elements=tuple(map(str, elements)),
            spots=(*found.spots, *spots),
            compared=before.compared,
            disarmed=taken,
            exposed=reached,
            widened=tuple(Widening(each, spot_of(self.lines, each)) for each in wider(elements)),
            seconds=perf_counter() - began,
        )

    def _known(self, found: FileCheck, old: Scenario, replays: Replays) -> tuple[Verdict, ...]:
        """The verdicts, and which of those that do not hold were no better of `old`."""
        told = []
        for each in found.verdicts:
            made = each.expectation
            drawn = made.in_draws is not None  # its draws are its own: what it was then is not replayed
            then = None if each.holds or drawn else replays.of(old, made.policy or IN_FORCE, each.entry_point)
            told.append(replace(each, known=then is not None and not _held(made, then)))
        return tuple(told)

    def _taken(self, old: Scenario, slots: Sequence[str], replays: Replays) -> tuple[int, int]:
        """How many attack paths some trial took first now and none then, and the reverse."""
        opened = closed = 0
        for slot in slots:
            for entry in self.entries:
                now, then = taken(replays.must(self.scenario, slot, entry)), taken(replays.of(old, slot, entry))
                opened, closed = opened + len(now - then), closed + len(then - now)
        return opened, closed

    def disarmed(self, before: Before) -> tuple[Disarmed, ...]:
        """What `before` was held to and this is not, with the reasons that somebody gave."""
        found = disarmed(with_new_names(before.scenario, self.scenario), self.scenario)
        return tuple(replace(each, reason=before.acknowledged.get(each.what, "")) for each in found)

    def _exposed(
        self, old: Scenario, slots: Sequence[str], elements: Sequence[Element], replays: Replays
    ) -> tuple[Exposed, ...]:
        """What reaches more when it is lost, under each policy."""
        after = canonical(self.scenario) if elements else {}
        found = (exposed(old, self.scenario, after, slot, elements, replays.surface) for slot in slots if elements)
        return tuple(each for some in found for each in some)

    def _grown(
        self, old: Scenario, slots: Sequence[str], elements: Sequence[Element], replays: Replays, tolerance: float
    ) -> tuple[list[Change], list[PathToCut]]:
        """Each measure that changed, with the parts of the change that did it, and the attack paths behind them."""
        attribution = Attribution(canonical(old), canonical(self.scenario), elements, self.file, replays.of)
        found: list[Change] = []
        paths: list[PathToCut] = []
        for slot in slots if elements else ():
            for entry in self.entries:
                new, held = replays.must(self.scenario, slot, entry), replays.of(old, slot, entry)
                for change in differences(held, new, tolerance):
                    if change.grew:
                        guilty = attribution.culprits(change, slot, held, new)
                        change = replace(change, culprits=tuple(self._placed(each, elements) for each in guilty))
                        paths += self.cutting.for_growth(change, held, new)
                    found.append(change)
        return found, paths

    def _spot(self, change: Change, elements: Sequence[Element]) -> Spot:
        """Where the part of the change stands that did most of it; the first line where none did it alone."""
        return self._stands(change.culprits[0].element, elements) if change.culprits else TOP

    def _stands(self, element: Element, elements: Sequence[Element]) -> Spot:
        """Where `element` stands. What an import only names is in no file that people write: then where the first
        part of the change stands that leans on it and is in one."""
        spots = [spot_of(self.lines, each) for each in (element, *leaning_on(element, elements))]
        return next((each for each in spots if not self.lines.is_imported_part(each.file)), spots[0])

    def _where(self, each: Disarmed, order: Sequence[str]) -> Spot:
        """A belief stands where the number is written: no settings file says how often an agent falls for words. What
        is gone with its whole section stands where that was, in the `order` of the format."""
        if len(each.where) == 1:
            return self.lines.of_section(str(each.where[0]), order)
        return (self.lines.stated if each.believed else self.lines.of)(each.where)

    def _placed(self, culprit: Culprit, elements: Sequence[Element]) -> Culprit:
        """`culprit` with its place, where that is in another file than the scenario's."""
        spot = self._stands(culprit.element, elements)
        return replace(culprit, place=str(spot)) if spot.file else culprit


def _held(made: Expectation, then: BlastRadius) -> bool:
    """Whether what is expected held; what it is about may not have been there."""
    try:
        return verdict(made, then).holds
    except QuestionError:
        return True


def _elements(old: Scenario, new: Scenario) -> list[Element]:
    return [] if old.digest == new.digest else changes(canonical(old), canonical(new))
