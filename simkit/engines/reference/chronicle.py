"""What one sample reaches, and when: events in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from simkit.attackgraph.columns import EntryArrays
from simkit.attackgraph.graph import BEGINNINGS, EXTENSIONS, AttackGraph
from simkit.distributions import FOREVER
from simkit.engines.reference.closure import behind
from simkit.engines.reference.defence import Defence
from simkit.engines.reference.fates import Fates


@dataclass(slots=True)
class Trace:
    """One replay: when each fact first held (ms), which step concluded it, for how long those held in all whose time
    adds up, when responders first acted, the variant."""

    variant: int
    first: dict[int, int] = field(default_factory=dict)
    by: dict[int, int] = field(default_factory=dict)
    lasted: dict[int, int] = field(default_factory=dict)
    contained: int | None = None

    def times(self) -> dict[int, int]:
        """What engines keep as `first`: for facts whose time adds up, how long that is."""
        return self.first | self.lasted


class PremiseWindow(NamedTuple):
    """The premises of a step hold together from `since` until `until`, and may come together again until `renew`."""

    since: int
    until: int
    renew: int


def replay(graph: AttackGraph, entry: EntryArrays, *, seed: int, sample: int, extensions: int = EXTENSIONS) -> Trace:
    """What `sample` reaches before the horizon. `extensions` bounds role juggling (see `EXTENSIONS`)."""
    return Replay(graph, Fates(graph, seed, sample), extensions).run(entry)


class Replay:
    """One replay under way. At one moment alerts come first, then responses, then steps, in the order of their numbers.

    A fact holds from `since` (included) to `until` (excluded). What lives inside a run ends with it, but comes again
    with the next one, until `renew`; outside of runs `renew` is `until`.
    """

    def __init__(self, graph: AttackGraph, fates: Fates, extensions: int) -> None:
        self.graph, self.fates, self.extensions = graph, fates, extensions
        self.since: dict[int, int] = {}
        self.until: dict[int, int] = {}
        self.renew: dict[int, int] = {}
        self.support: dict[int, int] = {}
        self.extended: dict[int, int] = {}
        self.begun: dict[int, int] = {}
        self.concluded: set[int] = set()
        self.answered: dict[int, int] = {}
        self.runs: list[int] = []
        self.due: dict[int, int] = {}
        self.events: list[tuple[int, int]] = []
        self.defence = Defence(self)
        self.trace = Trace(-1)

    def run(self, entry: EntryArrays) -> Trace:
        self.trace.variant = self.fates.variant(entry)
        for step in entry.roots(self.trace.variant):
            if self.fates.succeeds(step):
                self._plan(step, self.fates.takes(step))
        while (now := min(self.defence.next_moment(), self._next_event())) < self.graph.horizon:
            if self.defence.next_moment() == now:
                self.defence.act(now)
            else:
                self._happen(*heappop(self.events))
        for fact in self.trace.first:
            if self.graph.fact_timed[fact]:
                self.trace.lasted[fact] = min(self.until[fact], self.graph.horizon) - self.since[fact]
        return self.trace

    def _plan(self, step: int, due: int) -> None:
        """`step` is to conclude at `due`. Of several such events of a step only the last one planned counts: an earlier
        one belongs to premises that have lapsed since."""
        self.due[step] = due
        heappush(self.events, (due, step))

    def _happen(self, now: int, step: int) -> None:
        if self.due.get(step) == now:
            del self.due[step]
            self.attempt(now, step)

    def _next_event(self) -> int:
        return self.events[0][0] if self.events else FOREVER

    def window(self, step: int, now: int) -> PremiseWindow | None:
        """When the premises of `step` hold together around `now`; None if they do not. A run in which `step` waits for
        a person goes on until the answer."""
        premises = self.graph.premises(step)
        if not premises:
            return PremiseWindow(now, now, now)
        if not all(fact in self.until for fact in premises):
            return None
        since = max(self.since[fact] for fact in premises)
        until = min(self._waiting_until(step, fact, since) for fact in premises)
        return PremiseWindow(since, until, min(self.renew[fact] for fact in premises)) if now < until else None

    def _waiting_until(self, step: int, premise: int, since: int) -> int:
        """Until when `premise` holds for `step`, which waits for a person unless it had the answer since `since`."""
        wait = self.fates.approval(step) if self.answered.get(step, -1) < since else 0
        return max(self.until[premise], min(self.until[premise] + wait, self.renew[premise]))

    def consider(self, step: int, now: int) -> None:
        """`step` concludes as soon as its premises have held together for as long as it takes, if they do; a run that
        was there already comes again after its wait."""
        window = self.window(step, now)
        if window is None or not self.fates.succeeds(step):
            return
        comes_again = self.graph.again[step] and step in self.concluded
        if comes_again and step in self.due:
            return
        due = self.fates.takes(step) + (now if comes_again else window.since)
        if max(now, due) < window.until:
            self._plan(step, max(now, due))

    def attempt(self, now: int, step: int) -> None:
        """`step` concludes, unless its premises lapsed or began anew while it was under way."""
        window = self.window(step, now)
        if window is None or (self.graph.premises(step) and window.since + self.fates.takes(step) > now):
            return
        first = step not in self.concluded
        self.concluded.add(step)
        self.defence.notice(step, now, first)
        if first and self.graph.again[step]:
            self.runs.append(step)
        self._let_the_run_go_on(step, window.since, now)
        for place in range(self.graph.conclusion_ptr[step], self.graph.conclusion_ptr[step + 1]):
            until, renew = self._ends(step, place, now, window)
            self.win(int(self.graph.conclusion_idx[place]), now, until, renew, step, place)

    def _ends(self, step: int, place: int, now: int, window: PremiseWindow) -> tuple[int, int]:
        """Until when the conclusion at `place` holds, and until when it may come again."""
        graph, fact = self.graph, int(self.graph.conclusion_idx[place])
        if graph.fact_lasting[fact]:
            return FOREVER, FOREVER
        if graph.conclusion_run[place]:
            until = self.fates.end(step, place, now)
            return until, max(until, window.renew if window.renew < graph.horizon else FOREVER)
        renew = self.fates.end(step, place, window.renew)
        return self.fates.end(step, place, window.until) if graph.fact_within[fact] else renew, renew

    def _let_the_run_go_on(self, step: int, since: int, now: int) -> None:
        """The answer that `step` waited for is there: the run goes on for what was left of it when it asked."""
        waited = {fact: self._waiting_until(step, fact, since) for fact in self.graph.premises(step)}
        self.answered[step] = now
        for fact, until in waited.items():
            if until > self.until[fact]:
                self.until[fact] = until
                self._open(fact, now)

    def win(self, fact: int, now: int, until: int, renew: int, step: int, place: int) -> None:
        """`fact` holds until `until`: for the first time, again, or longer. What begins anew at the moment at which it
        ends goes on."""
        held = self.until.get(fact, -1)
        if fact in self.defence.barred or until <= now or (until <= held and renew <= self.renew[fact]):
            return
        begins = held < now
        if begins:
            timed = self.graph.fact_timed[fact] and fact in self.since
            self.since[fact] = now - (held - self.since[fact] if timed else 0)
            self.begun[fact] = self.begun.get(fact, 0) + 1
        else:
            self.extended[fact] = self.extended.get(fact, 0) + 1
        if self.extended.get(fact, 0) > self.extensions or self.begun[fact] > BEGINNINGS:
            until = renew = FOREVER
        self.until[fact], self.renew[fact] = max(until, held), max(renew, self.renew.get(fact, 0))
        self.support[fact] = place
        self.trace.first.setdefault(fact, now)
        self.trace.by.setdefault(fact, step)
        self._open(fact, now)
        if begins and self.graph.fact_stirs[fact]:
            for run in self.runs:
                self.consider(run, now)

    def _open(self, fact: int, now: int) -> None:
        for follower in behind(self.graph, fact):
            self.consider(follower, now)
