"""Leave one out: eight groups of removed steps in the eight words of a sweep, on the same 64 samples.

The samples are swept once as they are, which draws every fate that can matter: what is removed only takes away. A
group that no sample came by changes nothing, and is not swept at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simkit.engines.draws import NONE
from simkit.engines.fixpoint import KNOWN, Successes, fixpoint, frontier_of, successes_of, uncertain_rows
from simkit.engines.instructions import WORDS
from simkit.engines.links import Ints, Links, Words, in_threads
from simkit.engines.slots import count


class Removals:
    """The groups (of steps of `links`), and the slots in which the entry's first steps start."""

    def __init__(
        self, links: Links, groups: Sequence[Sequence[int]], root_steps: Ints, root_slots: Words, facts: Ints
    ) -> None:
        self.links, self.groups, self.facts = links, groups, facts
        self.root_steps, self.root_slots = root_steps, root_slots
        removed = np.array(sorted({step for group in groups for step in group}), dtype=np.int64)
        self.row, self.rows = uncertain_rows(links, removed)

    def count(self, seed: int, first_sample: int, baseline: Ints, counts: Ints, threads: int | None) -> None:
        """Adds to `baseline` (facts) and `counts` (groups, facts) the samples of these slots that reach each fact."""
        successes = successes_of(self.row, self.rows, known=False)
        frontier = frontier_of(self.links.facts)
        fixpoint(self.links, successes, self.root_steps, self.root_slots, np.uint64(seed), first_sample, frontier)
        for word in range(WORDS):
            if not self.root_slots[:, word].any():
                continue
            before = np.zeros_like(baseline)
            count(frontier.held, self.facts, word, before)
            baseline += before
            live = [number for number, group in enumerate(self.groups) if self._matters(successes, group, word)]
            counts += before
            counts[live] -= before
            self._fixpoint_without(successes, live, word, counts, threads)

    def _matters(self, successes: Successes, group: Sequence[int], word: int) -> bool:
        return bool((successes.works[self.row[list(group)], word] != NONE).any())

    def _fixpoint_without(
        self, successes: Successes, live: Sequence[int], word: int, counts: Ints, threads: int | None
    ) -> None:
        roots = np.repeat(self.root_slots[:, word : word + 1], WORDS, axis=1)

        def run(begin: int) -> None:
            batch = live[begin : begin + WORDS]
            works = np.repeat(successes.works[:, word : word + 1], WORDS, axis=1)
            for place, number in enumerate(batch):
                works[self.row[list(self.groups[number])], place] = NONE
            frontier = frontier_of(self.links.facts)
            known = Successes(self.row, works, np.full(len(works), KNOWN, dtype=np.uint8))
            fixpoint(self.links, known, self.root_steps, roots, np.uint64(0), 0, frontier)
            for place, number in enumerate(batch):
                count(frontier.held, self.facts, place, counts[number])

        in_threads(run, range(0, len(live), WORDS), threads)
