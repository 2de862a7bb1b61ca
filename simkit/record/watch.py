"""One replay, watched: everything that happens in the reference engine, in order, told in facts and steps.

The engine decides; this module only looks on, and adds what an engine has no use for: the moment at which a fact
lapses by itself, and the attempts that came to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from simkit.attackgraph.columns import EntryArrays
from simkit.attackgraph.graph import EXTENSIONS, AttackGraph
from simkit.distributions import FOREVER
from simkit.engines.reference import Fates, Replay, Trace, behind, conclusions
from simkit.record.happenings import (
    CLOSED,
    CUT_SHORT,
    ENDED,
    EXECUTED,
    EXPIRED,
    LEARNED,
    REFUSED,
    REVOKED,
    RUN_OVER,
    WAITING,
    Happening,
    Validity,
)
from simkit.record.watched_defence import WatchedDefence


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A step under way: its premises hold since `began`, work on it starts at `starts`, a person is asked at `asks`, it
    would be done at `due`."""

    began: int
    starts: int
    asks: int
    due: int


# What comes to nothing at a moment is told after what the engine does then, in this order.
_END, _CUT, _REFUSAL = 0, 1, 2


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
        self.defence = self.watched = WatchedDefence(self)
        self.held: set[int] = set()
        self.underway: dict[int, _Attempt] = {}
        self.settled: dict[int, int] = {}
        self.revoked: dict[int, int] = {}
        self.ahead: list[tuple[int, int, int]] = []

    def run(self, entry: EntryArrays) -> Trace:
        """The trace of the replay, after telling all of it."""
        for root in entry.roots(self.fates.variant(entry)):
            self._begin(root, 0, 0)
        trace = super().run(entry)
        self.catch_up(self.graph.horizon)
        return trace

    def catch_up(self, now: int) -> None:
        """Tell what happens by itself before the moment `now`, at which the engine goes on."""
        while self.ahead and self.ahead[0][0] < now:
            at, kind, number = heappop(self.ahead)
            if kind == _END:
                self._lapse(number, at)
            elif kind == _CUT:
                self._cut_short(number, at)
            else:
                self._refuse(number, at)

    def _later(self, at: int, kind: int, number: int) -> None:
        if at < self.graph.horizon:
            heappush(self.ahead, (at, kind, number))

    # ------------------------------------------------------------------ facts

    def validity(self, fact: int) -> Validity:
        """Since when and until when `fact` holds, as things stand."""
        until = self.until[fact]
        run = bool(self.graph.conclusion_run[self.support[fact]])
        return Validity(fact, self.since[fact], until if until < self.graph.horizon else FOREVER, run)

    def standing(self, facts: list[int]) -> dict[int, Validity]:
        """What holds of `facts`, or held last."""
        return {fact: self.validity(fact) for fact in facts if fact in self.until}

    def changed(self, before: dict[int, Validity], facts: list[int]) -> tuple[Validity, ...]:
        """What is otherwise than `before` with `facts`; their ends are told when they come."""
        found = [now for fact, now in self.standing(facts).items() if _times(before.get(fact)) != _times(now)]
        for validity in found:
            self.held.add(validity.fact)
            self._later(validity.until, _END, validity.fact)
        return tuple(found)

    def shaken(self, fact: int, now: int) -> None:
        """Responders dealt with `fact`: steps under way on it may come to nothing."""
        for step in behind(self.graph, fact):
            self._later(now, _CUT, step)

    def _lapse(self, fact: int, at: int) -> None:
        if fact in self.held and self.until[fact] == at:
            self.held.discard(fact)
            self.tell(Happening(ENDED, at, ended=(fact,), why=self._why(fact, at)))
            for step in behind(self.graph, fact):
                self._cut_short(step, at)

    def _why(self, fact: int, at: int) -> str:
        if self.revoked.get(fact) == at:
            return REVOKED
        if any(self._waits(step, at) for step in behind(self.graph, fact)):
            return WAITING
        run = self.graph.conclusion_run[self.support[fact]]
        return RUN_OVER if run or (self.graph.fact_within[fact] and self.renew[fact] > at) else EXPIRED

    def _waits(self, step: int, at: int) -> bool:
        """True if `step` has asked a person, whose answer lets its run go on."""
        attempt, window = self.underway.get(step), self.window(step, at)
        asked = attempt is not None and window is not None and attempt.asks < at and attempt.due < window.until
        return asked and self.fates.succeeds(step)

    # --------------------------------------------------------------- attempts

    def consider(self, step: int, now: int) -> None:
        window = self.window(step, now)
        if window is not None:
            comes_again = self.graph.again[step] and step in self.concluded
            if not comes_again:
                self._begin(step, window.since, now)
            elif step not in self.due:
                self._begin(step, now, now)
        super().consider(step, now)

    def _begin(self, step: int, began: int, now: int) -> None:
        """`step` is attempted once for each stretch of time in which its premises hold, and once for each run."""
        attempt = self.underway.get(step)
        if self.settled.get(step) == began or (attempt is not None and attempt.began == began):
            return
        due = max(now, began + self.fates.takes(step))
        self.underway[step] = _Attempt(began, began + self.fates.waits(step), due - self.fates.approval(step), due)
        if not self.fates.succeeds(step):
            self._later(due, _REFUSAL, step)

    def attempt(self, now: int, step: int) -> None:
        self.catch_up(now)
        window = self.window(step, now)
        touched = [*self.graph.premises(step), *conclusions(self.graph, step)]
        before = self.standing(touched)
        self.watched.noticed.clear()
        super().attempt(now, step)
        if not self.watched.noticed or window is None:
            return
        attempt = self.underway.get(step)
        began = attempt.began if attempt else window.since if self.graph.premises(step) else 0
        first, won = self.settled.get(step) != began, self.changed(before, touched)
        self._settle(step, began)
        if not won and first and self.defence.barred.issuperset(conclusions(self.graph, step)):
            self.tell(Happening(REFUSED, now, step, why=CLOSED))
        elif first or won:
            self.tell(Happening(EXECUTED, now, step, won))
        if any(self.watched.noticed):
            known, finding = self.watched.noticed[0], self.watched.finding_of(step)
            self.tell(Happening(LEARNED, now, step, known=known, finding=finding))

    def _settle(self, step: int, began: int) -> None:
        self.settled[step] = began
        self.underway.pop(step, None)

    def _refuse(self, step: int, at: int) -> None:
        attempt = self.underway.get(step)
        if attempt is not None and attempt.due == at:
            self._settle(step, attempt.began)
            self.tell(Happening(REFUSED, at, step))

    def _cut_short(self, step: int, at: int) -> None:
        """`step` comes to nothing if a premise of it has ended; what still waited for its turn was never attempted."""
        attempt = self.underway.get(step)
        lapsed = next((fact for fact in self.graph.premises(step) if self.until.get(fact, -1) <= at), None)
        if attempt is None or lapsed is None:
            return
        window = self.window(step, at)
        if window is not None and attempt.asks < self.until[lapsed]:
            self._later(window.until, _CUT, step)  # a person was asked in time, and the run waits so long
            return
        del self.underway[step]
        if attempt.starts < at:
            self.tell(Happening(CUT_SHORT, at, step, ended=(lapsed,)))


def _times(validity: Validity | None) -> tuple[int, int] | None:
    return None if validity is None else (validity.since, validity.until)
