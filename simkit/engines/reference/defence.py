"""What responders know of one sample, and what they do about it."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simkit.attackgraph.facts import ACTIONS, GROUPED
from simkit.distributions import FOREVER
from simkit.engines.reference.closure import behind, conclusions, makers, silencers

if TYPE_CHECKING:
    from simkit.engines.reference.chronicle import Replay

_GROUPED = tuple(ACTIONS.index(action) for action in GROUPED)


class Defence:
    """Alerts that are on their way, what is known since when, and which actions come next."""

    def __init__(self, replay: Replay) -> None:
        self.replay, self.graph, self.who = replay, replay.graph, replay.graph.responders
        self.alerts: list[tuple[int, int]] = []
        self.known: dict[int, int] = {}
        self.barred: set[int] = set()
        self.written: set[int] = set()
        self.waiting: list[deque[tuple[int, int]]] = [deque() for _ in self.who.action]
        self.rows_of = {
            who: [row for row, of in enumerate(self.who.of) if of == who] for who in set(self.who.of.tolist())
        }
        self.delays = [replay.fates.responds_after(row) for row in range(len(self.who.action))]

    def next_moment(self) -> int:
        """When an alert or a response comes next."""
        alert = self.alerts[0][0] if self.alerts else FOREVER
        return min([alert, *(self._due(row) for row in range(len(self.delays)))])

    def _due(self, row: int) -> int:
        """When the action `row` comes next: a delay after something became known, with which it deals once."""
        return self.waiting[row][0][0] + self.delays[row] if self.waiting[row] else FOREVER

    def act(self, now: int) -> None:
        """The next alert, or the next response, of the moment `now`."""
        if self.alerts and self.alerts[0][0] == now:
            self._learn(self._linked(heappop(self.alerts)[1]), now)
            return
        row = next(row for row in range(len(self.delays)) if self._due(row) == now)
        due = []
        while self._due(row) == now:
            due.append(self.waiting[row].popleft()[1])
        if self.replay.trace.contained is None:
            self.replay.trace.contained = now
        self.respond(int(self.who.action[row]), due, now)

    def notice(self, step: int, now: int, first: bool) -> None:
        """`step` concluded: it may raise an alert, and if it is logged it links what is known with what is not."""
        seen = not any(self.replay.until.get(fact, 0) > now for fact in silencers(self.graph, step))
        delay = self.replay.fates.alert_after(step, seen=seen) if first else None
        if delay is not None:
            heappush(self.alerts, (now + delay, step))
        if self.graph.logged[step] and seen:
            self.written.add(step)
            if any(fact in self.known for fact in self._linked(step)):
                self._learn(self._linked(step), now)

    def _linked(self, step: int) -> list[int]:
        return [*self.graph.premises(step), *conclusions(self.graph, step)]

    def _learn(self, facts: list[int], now: int) -> None:
        """`facts` are known, and what they give away, and what logged steps link with them."""
        waiting = list(facts)
        while waiting:
            fact = waiting.pop()
            if fact in self.known or not self.who.knowable[fact]:
                continue
            self.known[fact] = now
            for row in self.rows_of.get(int(self.who.by[fact]), ()):
                self.waiting[row].append((now, fact))
            waiting += self.who.told(fact)
            for step in (*behind(self.graph, fact), *makers(self.graph, fact)):
                if step in self.written:
                    waiting += self._linked(step)

    def respond(self, action: int, due: list[int], now: int) -> None:
        """`action` on what is `due`, and on what belongs to the same account, unless responders miss that."""
        ends: dict[int, int] = {}
        for known in due:
            if action in _GROUPED and self.replay.fates.overlooked(known):
                continue
            for fact in self.who.members(known) if action in _GROUPED else [known]:
                if int(self.who.ended_by[fact]) >> action & 1:
                    if action in _GROUPED:
                        self.barred.add(fact)
                    ends[fact] = now + self._goes_on(fact, action)
        self._end(ends, action, now)

    def _goes_on(self, fact: int, action: int) -> int:
        """How long `fact` outlives `action`: a session as its system lets it, a secret that is missed its lag, another
        one as long as the action spreads."""
        if action in _GROUPED:
            place = self.replay.support.get(fact)
            return 0 if place is None else int(self.graph.outlives[self.graph.conclusion_outlives[place], action])
        missed = self.replay.fates.forgotten_for(fact)
        return int(self.who.spread[fact]) if missed is None else missed

    def _end(self, ends: dict[int, int], action: int, now: int) -> None:
        """Facts end, and what rested on them, as far as it does not outlive that; other ways take over at once."""
        replay, waiting, ended = self.replay, list(ends.items()), set()
        while waiting:
            fact, end = waiting.pop()
            if replay.renew.get(fact, 0) <= max(end, now):
                continue
            replay.until[fact], replay.renew[fact] = min(replay.until[fact], end), end
            ended.add(fact)
            for step in behind(self.graph, fact):
                for place in range(self.graph.conclusion_ptr[step], self.graph.conclusion_ptr[step + 1]):
                    then = int(self.graph.conclusion_idx[place])
                    if replay.support.get(then) == place and not self.graph.fact_lasting[then]:
                        waiting.append(
                            (then, end + int(self.graph.outlives[self.graph.conclusion_outlives[place], action]))
                        )
        for step in sorted({step for fact in ended for step in makers(self.graph, fact)}):
            replay.consider(step, now)
