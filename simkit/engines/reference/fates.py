"""Every draw of one sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from simkit.attackgraph.columns import EntryArrays
from simkit.attackgraph.graph import AttackGraph
from simkit.distributions import FOREVER, draw
from simkit.fate import CERTAIN, Stream, word


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

    def alert_after(self, step: int, *, seen: bool) -> int | None:
        """How long after its conclusion `step` raises an alert, if it does: not `seen`, by itself alone."""
        chance = self.graph.alert if seen else self.graph.shown
        if self.of_step(Stream.ALERT, step) >= chance[step]:
            return None
        return self._drawn(self.graph.alert_delay[step], lambda: self.of_step(Stream.ALERT_DELAY, step))

    def approval(self, step: int) -> int:
        """The wait for a person alone."""
        return self._drawn(self.graph.approval[step], partial(self.of_step, Stream.APPROVAL, step))

    def responds_after(self, row: int) -> int:
        """How long after something became known the action `row` of a responder acts on it."""
        who = self.graph.responders
        return self._drawn(int(who.delay[row]), lambda: self.word(Stream.RESPONSE, who.fate[row]))

    def forgotten_for(self, fact: int) -> int | None:
        """How much longer a secret, content or code lives that the responders miss; None if they do not miss it."""
        who = self.graph.responders
        if self.word(Stream.FORGOTTEN, who.key[fact]) >= who.forgotten[fact]:
            return None
        return self._drawn(who.lag, lambda: self.word(Stream.LAG, who.key[fact]))

    def overlooked(self, fact: int) -> bool:
        """True if responders, who know `fact`, miss the account behind it."""
        who = self.graph.responders
        return self.word(Stream.FORGOTTEN, who.key[fact]) < int(who.overlooked[fact])

    def end(self, step: int, place: int, premises_end: int) -> int:
        """When the conclusion at `place` of `step` ends, if its premises do so then; FOREVER from the horizon on."""
        graph = self.graph
        if premises_end >= graph.horizon:
            return FOREVER
        period = int(graph.conclusion_period[place])
        end = self._rotated(place, premises_end, period) if period else premises_end + self.life(step, place)
        return end if end < graph.horizon else FOREVER

    def life(self, step: int, place: int) -> int:
        """How long the conclusion at `place` holds by itself; an aged one has only a part of that left."""
        graph, word = self.graph, partial(self.of_step, Stream.AGE, step)
        row, fixed = int(graph.conclusion_life[place]), int(graph.conclusion_after[place])
        if row >= 0:
            return self._drawn(row, word)
        aged = graph.conclusion_aged[place] and fixed < FOREVER
        return fixed * (CERTAIN - word()) >> 32 if aged else fixed

    def _rotated(self, place: int, moment: int, period: int) -> int:
        """The first rotation after `moment`: each secret has a schedule of its own, of which the phase is drawn."""
        key = self.graph.fact_hash[self.graph.conclusion_idx[place]]
        phase = period * self.word(Stream.ROTATION, key) >> 32
        return phase + period * max(-(-(moment + 1 - phase) // period), 0)

    def _drawn(self, row: int, drawn: Callable[[], int]) -> int:
        fixed = int(self.graph.fixed[row])
        return fixed if fixed >= 0 else draw(self.graph.tables[row].tolist(), drawn())
