"""What is lost before and after edits of one scenario: for certain where it is, else replayed, sample by sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simkit.attackgraph import Fact
from simkit.blast_radius import BlastRadius
from simkit.measures import MEASURES
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.supports import Supported, supported
from simkit.narrowing.recommendation.certainty import Certainty
from simkit.narrowing.recommendation.changes_so_far import Stage
from simkit.narrowing.recommendation.effect import (
    LOST,
    PairedLosses,
    Question,
    measure,
    measure_without,
    measured_with_paths,
    paths_of,
)
from simkit.narrowing.recommendation.taken_away import TakenAway
from simkit.scenario import Scenario
from simkit.simulation import Attack, compile_attack

Pair = tuple[PairedLosses, PairedLosses]
GOALS_REACHED = MEASURES["goals-reached"]


@dataclass(slots=True)
class MeasuredEdits:
    """Measures edits of `scenario` about `question`. `base` is its attack and `made` its supported graph; `before` is
    what is lost as it stands, and `results` are its replays, to look for paths in: short ones where that is certain.

    A pair of samples is always certain on both sides or replayed on both, so that their difference is exact.
    """

    scenario: Scenario
    question: Question
    base: Attack = field(init=False)
    made: Supported = field(init=False)
    certainty: Certainty | None = field(init=False)
    before: PairedLosses = field(init=False)
    results: list[BlastRadius] = field(init=False)
    known: dict[tuple[Narrowing, ...], PairedLosses] = field(default_factory=dict)
    """What was replayed in full of each narrowing alone, and of rows of changes that others are compared with."""
    taken_away: TakenAway | None = None
    unchanged: dict[Question, PairedLosses] = field(default_factory=dict)
    """What is lost before any narrowing, by what was asked besides, where it was replayed."""

    def __post_init__(self) -> None:
        self.base = compile_attack(self.scenario, editable=True)
        self.made = supported(self.scenario, self.base, in_reach=True)
        self.certainty = Certainty.of(self.scenario, self.made, self.question)
        self.taken_away = TakenAway.of(self.base) if self.question.executor is None else None
        found = self.certainty.losses(self.question) if self.certainty else None
        if found is not None:
            self.before, self.results = found, paths_of(self.base, found)
        else:
            self.certainty = None
            self.before, self.results = measured_with_paths(self.base, self.question)
            self.unchanged[self.question] = self.before

    def pair(self, narrowing: Narrowing, question: Question) -> Pair:
        """The samples before and after `narrowing` alone."""
        certain = self._certain(question, frozenset(), narrowing.removes())
        return certain or (self._unchanged(question), self._replayed(narrowing, question))

    def after(self, narrowing: Narrowing, question: Question) -> PairedLosses:
        """The samples after `narrowing` alone."""
        return self.pair(narrowing, question)[1]

    def along(self, here: Stage, there: Stage) -> Pair:
        """The samples `here` and `there`, one change later."""
        certain = self._certain(self.question, here.removed, there.removed)
        if certain:
            return certain
        if not here.changes:
            return self._unchanged(self.question), self._replayed(there.changes[0], self.question)
        now = here.losses if self.certainty is None else self._at(here)
        return now, self._measured(there, self.question)

    def ahead(self, removed: Iterable[frozenset[Fact] | None]) -> None:
        """Work out together what is certain after each of `removed`, for it will be asked."""
        if self.certainty is not None:
            self.certainty.prepare([each for each in removed if each is not None], self.question.threads)

    def keep(self, narrowings: Iterable[Narrowing]) -> None:
        """Forget what was replayed of all but `narrowings`."""
        kept = [(each,) for each in narrowings]
        self.known = {each: self.known[each] for each in kept if each in self.known}

    def _certain(self, question: Question, here: frozenset[Fact] | None, there: frozenset[Fact] | None) -> Pair | None:
        """Both samples, after all that stands in `here` and in `there` is gone; None stands for other edits."""
        if self.certainty is None or here is None or there is None or question.lost != self.question.lost:
            return None
        now, then = self.certainty.losses(question, here), self.certainty.losses(question, there)
        return None if now is None or then is None else (now, then)

    def _replayed(self, narrowing: Narrowing, question: Question) -> PairedLosses:
        """The samples after `narrowing` alone; those of the whole question are remembered."""
        alone = Stage(self.scenario, frozenset(), self.before).after(narrowing)
        if question != self.question:
            return self._measured(alone, question)
        if (narrowing,) not in self.known:
            self.known[(narrowing,)] = self._measured(alone, question)
        return self.known[(narrowing,)]

    def _measured(self, here: Stage, question: Question) -> PairedLosses:
        """The samples `here`, replayed: on the graph that is there, without the steps that are gone, where that is all
        that changes for what is asked."""
        if self.taken_away is not None and here.removed is not None and question.lost in (LOST, GOALS_REACHED):
            gone = self.taken_away.steps(here.removed)
            if gone is not None:
                return measure_without(self.base, gone, question)
        return measure(here.scenario, question, self.base)

    def _at(self, here: Stage) -> PairedLosses:
        """The samples `here`, replayed once for all that may come next."""
        if here.changes not in self.known:
            self.known[here.changes] = self._measured(here, self.question)
        return self.known[here.changes]

    def _unchanged(self, question: Question) -> PairedLosses:
        """The samples before any narrowing, replayed."""
        if question not in self.unchanged:
            self.unchanged[question] = measure(self.scenario, question, self.base)
        return self.unchanged[question]
