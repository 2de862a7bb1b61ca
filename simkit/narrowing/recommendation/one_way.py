"""One way to what is lost, on a large graph: whatever rests on none of its steps leaves what is lost as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph
from simkit.attackgraph.rows import positions

Ints = NDArray[np.int64]


def steps_of_one_way(graph: AttackGraph, start: Sequence[int], targets: Iterable[int]) -> set[int]:
    """The steps of one way from the steps `start` to all of the facts `targets` that can be reached at all."""
    maker = _makers(graph, start)
    found: set[int] = set()
    wanted = [fact for fact in targets if maker[fact] >= 0]
    while wanted:
        step = int(maker[wanted.pop()])
        if step not in found:
            found.add(step)
            wanted += graph.premises(step)
    return found


def _makers(graph: AttackGraph, start: Sequence[int]) -> Ints:
    """For each fact a step that concludes it as soon as anything does, -1 if nothing can; the premises of that step
    follow in earlier rounds, so that no way leads in a circle."""
    missing = np.diff(graph.premise_ptr)
    maker: Ints = np.full(len(graph.facts), -1, dtype=np.int64)
    taken: Ints = np.array(start, dtype=np.int64)
    while len(taken):
        lengths = graph.conclusion_ptr[taken + 1] - graph.conclusion_ptr[taken]
        made = graph.conclusion_idx[positions(graph.conclusion_ptr, taken)]
        fresh, first = np.unique(made, return_index=True)
        is_new = maker[fresh] < 0
        front = fresh[is_new]
        maker[front] = np.repeat(taken, lengths)[first[is_new]]
        behind = graph.behind_idx[positions(graph.behind_ptr, front)]
        np.subtract.at(missing, behind, 1)
        ready: Ints = np.unique(behind[missing[behind] == 0])
        taken = ready[graph.success[ready] > 0]
    return maker
