"""The definition of what the engines compute, in plain Python: slow, short, and meant to be believed.

Three questions about an attack graph and one of its entries: the *worst case* (what can be reached at all), *reach*
(what one sample ever reaches, time ignored) and *replay* (what one sample reaches, and when). The kernels must equal
this module sample by sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush

from simkit.attackgraph.graph import EXTENSIONS, AttackGraph, EntryArrays
from simkit.distributions import FOREVER, draw
from simkit.fate import CERTAIN, Stream, word


def worst_case(graph: AttackGraph, roots: Iterable[int], *, without: frozenset[int] = frozenset()) -> set[int]:
    """The facts that follow from the steps `roots` if every step that can succeed does; `without` some steps."""
    return _closure(graph, roots, lambda step: graph.success[step] > 0 and step not in without)


def reach(graph: AttackGraph, entry: EntryArrays, *, seed: int, sample: int) -> set[int]:
    """The facts that `sample` ever reaches: its steps' fates count; time, lifetimes and alerts do not."""
    fates = Fates(graph, seed, sample)
    return _closure(graph, entry.roots(fates.variant(entry)), fates.succeeds)


def _closure(graph: AttackGraph, roots: Iterable[int], works: Callable[[int], bool]) -> set[int]:
    """The least set that holds what `roots` conclude, and what each working step concludes whose premises it holds."""
    held: set[int] = set()
    waiting = [step for step in roots if works(step)]
    while waiting:
        for fact in conclusions(graph, waiting.pop()):
            if fact not in held:
                held.add(fact)
                waiting += [s for s in behind(graph, fact) if held.issuperset(graph.premises(s)) and works(s)]
    return held


def conclusions(graph: AttackGraph, step: int) -> list[int]:
    """The facts that `step` concludes."""
    return [int(i) for i in graph.conclusion_idx[graph.conclusion_ptr[step] : graph.conclusion_ptr[step + 1]]]


def behind(graph: AttackGraph, fact: int) -> list[int]:
    """The steps that have `fact` as a premise."""
    return [int(i) for i in graph.behind_idx[graph.behind_ptr[fact] : graph.behind_ptr[fact + 1]]]


@dataclass(frozen=True, slots=True)
class Fates:
    """Every draw of one sample; each is a function of (seed, sample, key) alone."""

    graph: AttackGraph
    seed: int
    sample: int

    def word(self, stream: Stream, key_hash: int) -> int:
        return word(self.seed, self.sample, stream, int(key_hash))

    def of_step(self, stream: Stream, step: int) -> int:
        return self.word(stream, int(self.graph.step_hash[step]))

    def variant(self, entry: EntryArrays) -> int:
        """How the entry turns out."""
        drawn = self.word(Stream.VARIANT, entry.hash)
        return next((i for i, upper in enumerate(entry.upper) if drawn < upper), -1)

    def succeeds(self, step: int) -> bool:
        return self.of_step(Stream.SUCCESS, step) < int(self.graph.success[step])

    def takes(self, step: int) -> int:
        """Work, the wait for a task's next run, and the wait for a person."""
        graph = self.graph
        parts = (
            (Stream.DURATION, graph.duration[step]),
            (Stream.WAIT, graph.wait[step]),
            (Stream.APPROVAL, graph.approval[step]),
        )
        return sum(self._drawn(row, partial(self.of_step, stream, step)) for stream, row in parts)

    def waits(self, step: int) -> int:
        """The wait for a task's next run alone: until then nothing is attempted."""
        return self._drawn(self.graph.wait[step], partial(self.of_step, Stream.WAIT, step))

    def alert_after(self, step: int) -> int | None:
        """How long after its conclusion `step` raises an alert, if it does."""
        if self.of_step(Stream.ALERT, step) >= self.graph.alert[step]:
            return None
        return self._drawn(self.graph.alert_delay[step], lambda: self.of_step(Stream.ALERT_DELAY, step))

    def response_delay(self) -> int:
        return self._drawn(self.graph.response_delay, lambda: self.word(Stream.RESPONSE, 0))

    def forgotten_for(self, fact: int) -> int | None:
        """How long after containment a credential that the response forgets lives on; None if it is not forgotten."""
        key = int(self.graph.fact_hash[fact])
        if self.word(Stream.FORGOTTEN, key) >= self.graph.fact_forgotten[fact]:
            return None
        return self._drawn(self.graph.lag, lambda: self.word(Stream.LAG, key))

    def after(self, step: int, place: int) -> int:
        """How long the conclusion at `place` outlives its premises."""
        ttl = int(self.graph.conclusion_after[place])
        if ttl >= FOREVER or not self.graph.conclusion_aged[place]:
            return ttl
        return ttl * (CERTAIN - self.of_step(Stream.AGE, step)) >> 32

    def _drawn(self, row: int, drawn: Callable[[], int]) -> int:
        fixed = int(self.graph.fixed[row])
        return fixed if fixed >= 0 else draw(self.graph.tables[row].tolist(), drawn())


@dataclass(slots=True)
class Trace:
    """One replay: when each fact first held (ms), which step concluded it, the moment of containment, the variant."""

    variant: int
    first: dict[int, int] = field(default_factory=dict)
    by: dict[int, int] = field(default_factory=dict)
    contained: int | None = None


def replay(graph: AttackGraph, entry: EntryArrays, *, seed: int, sample: int, extensions: int = EXTENSIONS) -> Trace:
    """What `sample` reaches before the horizon. `extensions` bounds role juggling (see `EXTENSIONS`)."""
    return Replay(graph, Fates(graph, seed, sample), extensions).run(entry)


class Replay:
    """One replay under way: events are (moment, step), the earliest first, and among equals the step whose key sorts
    first.

    A fact holds from `since` (included) to `until` (excluded).
    """

    def __init__(self, graph: AttackGraph, fates: Fates, extensions: int) -> None:
        self.graph, self.fates, self.extensions = graph, fates, extensions
        self.since: dict[int, int] = {}
        self.until: dict[int, int] = {}
        self.won: dict[int, int] = {}
        self.concluded: set[int] = set()
        self.events: list[tuple[int, int]] = []
        self.contain_at = FOREVER
        self.contained = False
        self.trace = Trace(-1)

    def run(self, entry: EntryArrays) -> Trace:
        self.trace.variant = self.fates.variant(entry)
        for step in entry.roots(self.trace.variant):
            if self.fates.succeeds(step):
                heappush(self.events, (self.fates.takes(step), step))
        while self.events and self.events[0][0] < self.graph.horizon:
            if self.contain_at <= self.events[0][0] and not self.contained:
                self.contain(self.contain_at)
            else:
                self.attempt(*heappop(self.events))
        if self.contain_at < self.graph.horizon:
            self.trace.contained = self.contain_at
        return self.trace

    def window(self, step: int, now: int) -> tuple[int, int] | None:
        """From when until when the premises of `step` hold together around `now`; None if they do not."""
        premises = self.graph.premises(step)
        if not premises:
            return now, now
        if not all(fact in self.until and now < self.until[fact] for fact in premises):
            return None
        return max(self.since[fact] for fact in premises), min(self.until[fact] for fact in premises)

    def consider(self, step: int, now: int) -> None:
        """`step` concludes as soon as its premises have held together for as long as it takes, if they do."""
        window = self.window(step, now)
        if window is None or not self.fates.succeeds(step):
            return
        due = max(now, window[0] + self.fates.takes(step))
        if due < window[1]:
            heappush(self.events, (due, step))

    def attempt(self, now: int, step: int) -> None:
        """`step` concludes, unless its premises lapsed or began anew while it was under way."""
        window = self.window(step, now)
        if window is None or (self.graph.premises(step) and window[0] + self.fates.takes(step) > now):
            return
        self.notice(step, now)
        for place in range(self.graph.conclusion_ptr[step], self.graph.conclusion_ptr[step + 1]):
            fact = int(self.graph.conclusion_idx[place])
            lasting = self.graph.fact_lasting[fact]
            end = FOREVER if lasting else window[1] + self.fates.after(step, place)
            self.win(fact, now, end if end < self.graph.horizon else FOREVER, step)

    def win(self, fact: int, now: int, end: int, step: int) -> None:
        """`fact` holds until `end`: for the first time, again, or longer."""
        until = self.until.get(fact, 0)
        if end <= now or end <= until:
            return
        if until <= now:
            self.since[fact] = now
        self.won[fact] = self.won.get(fact, 0) + 1
        self.until[fact] = end if self.won[fact] <= self.extensions + 1 else FOREVER
        self.trace.first.setdefault(fact, now)
        self.trace.by.setdefault(fact, step)
        for follower in behind(self.graph, fact):
            self.consider(follower, now)

    def notice(self, step: int, now: int) -> None:
        """The first alert decides the moment of containment."""
        if step not in self.concluded:
            self.concluded.add(step)
            delay = self.fates.alert_after(step)
            if delay is not None:
                self.contain_at = min(self.contain_at, now + delay + self.fates.response_delay())

    def contain(self, now: int) -> None:
        """Sessions, code and planted content end; credentials die, but those forgotten live on, and what follows from
        them begins again."""
        self.contained = True
        held = [fact for fact in sorted(self.until) if self.until[fact] > now and not self.graph.fact_surviving[fact]]
        lives = {fact: self.fates.forgotten_for(fact) for fact in held}
        for fact, life in lives.items():
            self.until[fact] = now if life is None else min(self.until[fact], now + life)
        for fact, life in lives.items():
            if life is not None:
                for step in behind(self.graph, fact):
                    self.consider(step, now)
