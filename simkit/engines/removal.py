"""Leave one out: eight groups of removed steps in the eight words of a sweep, on the same 64 samples.

The samples are swept once as they are, which draws every fate that can matter: what is removed only takes away. A
group that no sample came by changes nothing, and is not swept at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simkit.engines.draws import NONE
from simkit.engines.lanes import count
from simkit.engines.plan import Ints, Plan, Words, in_threads
from simkit.engines.rows import WORDS
from simkit.engines.sweep import KNOWN, Fates, fates_of, front_of, sweep, uncertain_rows


class Removals:
    """The groups (of steps of `plan`), and the lanes in which the entry's first steps start."""

    def __init__(
        self, plan: Plan, groups: Sequence[Sequence[int]], root_steps: Ints, root_lanes: Words, facts: Ints
    ) -> None:
        self.plan, self.groups, self.facts = plan, groups, facts
        self.root_steps, self.root_lanes = root_steps, root_lanes
        removed = np.array(sorted({step for group in groups for step in group}), dtype=np.int64)
        self.row, self.rows = uncertain_rows(plan, removed)

    def count(self, seed: int, first_sample: int, baseline: Ints, counts: Ints, threads: int | None) -> None:
        """Adds to `baseline` (facts) and `counts` (groups, facts) the samples of these lanes that reach each fact."""
        fates = fates_of(self.row, self.rows, known=False)
        front = front_of(self.plan.facts)
        sweep(self.plan, fates, self.root_steps, self.root_lanes, np.uint64(seed), first_sample, front)
        for word in range(WORDS):
            if not self.root_lanes[:, word].any():
                continue
            before = np.zeros_like(baseline)
            count(front.held, self.facts, word, before)
            baseline += before
            live = [number for number, group in enumerate(self.groups) if self._matters(fates, group, word)]
            counts += before
            counts[live] -= before
            self._sweep_without(fates, live, word, counts, threads)

    def _matters(self, fates: Fates, group: Sequence[int], word: int) -> bool:
        return bool((fates.works[self.row[list(group)], word] != NONE).any())

    def _sweep_without(self, fates: Fates, live: Sequence[int], word: int, counts: Ints, threads: int | None) -> None:
        roots = np.repeat(self.root_lanes[:, word : word + 1], WORDS, axis=1)

        def run(begin: int) -> None:
            batch = live[begin : begin + WORDS]
            works = np.repeat(fates.works[:, word : word + 1], WORDS, axis=1)
            for place, number in enumerate(batch):
                works[self.row[list(self.groups[number])], place] = NONE
            front = front_of(self.plan.facts)
            known = Fates(self.row, works, np.full(len(works), KNOWN, dtype=np.uint8))
            sweep(self.plan, known, self.root_steps, roots, np.uint64(0), 0, front)
            for place, number in enumerate(batch):
                count(front.held, self.facts, place, counts[number])

        in_threads(run, range(0, len(live), WORDS), threads)
