"""One replay, watched: everything that happens in the reference engine, in order, told in facts and steps.

The engine decides; this module only looks on, and adds what an engine has no use for: the moment at which a fact
lapses by itself, the attempts that came to nothing, and the alerts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from simkit.attackgraph.graph import EXTENSIONS, AttackGraph, EntryArrays
from simkit.engines.reference import Fates, Replay, Trace, behind

EXECUTED, REFUSED, CUT_SHORT, ENDED, ALERTED, CONTAINED = (
    "executed",
    "refused",
    "cut short",
    "ended",
    "alerted",
    "contained",
)


@dataclass(frozen=True, slots=True)
class Validity:
    """A fact holds since `since` and, as things stand, until `until` (ms; `FOREVER`: to the horizon)."""

    fact: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens at `at` (ms): its kind, the step, the facts that begin or end otherwise, the facts that
    `ended`."""

    kind: str
    at: int
    step: int = -1
    won: tuple[Validity, ...] = ()
    ended: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A step under way: its premises hold since `began`, work on it starts at `starts`, it would be done at `due`."""

    began: int
    starts: int
    due: int


# What happens at one moment comes in this order; what the engine does stands between alerts and refusals.
_END, _ALERT, _REFUSAL = 0, 1, 2


class Watched(Replay):
    """A replay of the reference that tells every Happening."""

    def __init__(
        self,
        graph: AttackGraph,
        fates: Fates,
        tell: Callable[[Happening], None],
        extensions: int = EXTENSIONS,
    ) -> None:
        super().__init__(graph, fates, extensions)
        self.tell = tell
        self.held: set[int] = set()
        self.underway: dict[int, _Attempt] = {}
        self.settled: dict[int, int] = {}
        self.ahead: list[tuple[int, int, int]] = []
        self.won_now: list[Validity] = []
        self.concludes = False
        self.over = False

    def run(self, entry: EntryArrays) -> Trace:
        """The trace of the replay, after telling all of it."""
        for root in entry.roots(self.fates.variant(entry)):
            self.begin(root, 0)
        trace = super().run(entry)
        self.over = True
        if not self.contained and self.contain_at < self.graph.horizon:
            self._wind_down()
        self.catch_up(self.graph.horizon)
        return trace

    def _wind_down(self) -> None:
        """The engine stops when nothing is left to win; containment still ends what is held after that."""
        self.contain(self.contain_at)
        while self.events and self.events[0][0] < self.graph.horizon:
            self.attempt(*heappop(self.events))

    def catch_up(self, now: int) -> None:
        """Tell what happens by itself before the engine's next event at `now`."""
        while self.ahead and self.ahead[0] < (now, _REFUSAL):
            at, kind, number = heappop(self.ahead)
            if kind == _END:
                self._lapse(number, at)
            elif kind == _ALERT:
                self._alert(number, at)
            else:
                self._refuse(number, at)

    def _lapse(self, fact: int, at: int) -> None:
        if fact in self.held and self.until[fact] == at:
            self.held.discard(fact)
            self.tell(Happening(ENDED, at, ended=(fact,)))
            self._cut_short(fact, at)

    def _alert(self, step: int, at: int) -> None:
        if not self.contained:
            self.tell(Happening(ALERTED, at, step))

    def _refuse(self, step: int, at: int) -> None:
        attempt = self.underway.get(step)
        if attempt is not None and attempt.due == at:
            self._settle(step, attempt.began)
            self.tell(Happening(REFUSED, at, step))

    def _cut_short(self, fact: int, at: int) -> None:
        """The steps that were under way on `fact` come to nothing; those still waiting were never attempted."""
        for step in behind(self.graph, fact):
            attempt = self.underway.pop(step, None)
            if attempt is not None and attempt.starts < at:
                self.tell(Happening(CUT_SHORT, at, step, ended=(fact,)))

    def _settle(self, step: int, began: int) -> None:
        self.settled[step] = began
        self.underway.pop(step, None)

    def begin(self, step: int, began: int) -> None:
        """`step` is attempted once for each stretch of time in which its premises hold."""
        attempt = self.underway.get(step)
        if self.settled.get(step) == began or (attempt is not None and attempt.began == began):
            return
        due = began + self.fates.takes(step)
        self.underway[step] = _Attempt(began, began + self.fates.waits(step), due)
        if not self.fates.succeeds(step):
            self._later(due, _REFUSAL, step)

    def _later(self, at: int, kind: int, number: int) -> None:
        if at < self.graph.horizon:
            heappush(self.ahead, (at, kind, number))

    def consider(self, step: int, now: int) -> None:
        window = self.window(step, now)
        if window is not None:
            self.begin(step, window[0])
        super().consider(step, now)

    def attempt(self, now: int, step: int) -> None:
        self.catch_up(now)
        window = self.window(step, now)
        self.won_now, self.concludes = [], False
        super().attempt(now, step)
        if not self.concludes or window is None:
            return
        began = window[0] if self.graph.premises(step) else 0
        first = self.settled.get(step) != began
        self._settle(step, began)
        if first or self.won_now:
            self.tell(Happening(EXECUTED, now, step, tuple(self.won_now)))

    def notice(self, step: int, now: int) -> None:
        self.concludes = True
        delay = self.fates.alert_after(step) if step not in self.concluded else None
        if delay is not None:
            self._later(now + delay, _ALERT, step)
        super().notice(step, now)

    def win(self, fact: int, now: int, end: int, step: int) -> None:
        if self.over and fact not in self.trace.first:
            return  # what was not reached when the engine stopped is only ever the bound on role juggling
        before = self.until.get(fact, 0)
        super().win(fact, now, end, step)
        if self.until.get(fact, 0) != before:
            self.won_now.append(self._changed(fact))

    def _changed(self, fact: int) -> Validity:
        self.held.add(fact)
        self._later(self.until[fact], _END, fact)
        return Validity(fact, self.since[fact], self.until[fact])

    def contain(self, now: int) -> None:
        self.catch_up(now)
        before = {fact: self.until[fact] for fact in self.held}
        super().contain(now)
        touched = [fact for fact in sorted(before) if self.until[fact] != before[fact]]
        ended = tuple(fact for fact in touched if self.until[fact] <= now)
        self.held.difference_update(ended)
        shorter = tuple(self._changed(fact) for fact in touched if self.until[fact] > now)
        self.tell(Happening(CONTAINED, now, won=shorter, ended=ended))
        for fact in ended:
            self._cut_short(fact, now)
