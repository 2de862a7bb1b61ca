"""One way to what is lost, on a large graph: whatever rests on none of its steps leaves what is lost as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph

Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max


def steps_of_one_way(graph: AttackGraph, start: Sequence[int], targets: Iterable[int]) -> set[int]:
    """The steps of one way from the steps `start` to all of the facts `targets` that can be reached at all."""
    round_of, maker = _rounds(graph, start)
    found: set[int] = set()
    wanted = [fact for fact in targets if round_of[fact] < NEVER]
    while wanted:
        step = int(maker[wanted.pop()])
        if step not in found:
            found.add(step)
            wanted += graph.premises(step)
    return found


def _rounds(graph: AttackGraph, start: Sequence[int]) -> tuple[Ints, Ints]:
    """For each fact in which round it first follows, and a step that concludes it then; the premises of that step are
    of earlier rounds, so that no way leads in a circle."""
    missing = np.diff(graph.premise_ptr)
    round_of, maker = np.full(len(graph.facts), NEVER), np.full(len(graph.facts), -1)
    taken: Ints = np.array(start, dtype=np.int64)
    number = 0
    while len(taken):
        lengths = graph.conclusion_ptr[taken + 1] - graph.conclusion_ptr[taken]
        made = graph.conclusion_idx[_positions(graph.conclusion_ptr, taken)]
        fresh, first = np.unique(made, return_index=True)
        is_new = round_of[fresh] == NEVER
        front, by = fresh[is_new], np.repeat(taken, lengths)[first[is_new]]
        round_of[front], maker[front] = number, by
        behind = graph.behind_idx[_positions(graph.behind_ptr, front)]
        np.subtract.at(missing, behind, 1)
        ready: Ints = np.unique(behind[missing[behind] == 0])
        taken = ready[graph.success[ready] > 0]
        number += 1
    return round_of, maker


def _positions(ptr: Ints, rows: Ints) -> Ints:
    lengths = ptr[rows + 1] - ptr[rows]
    ends = np.cumsum(lengths)
    found: Ints = np.arange(ends[-1] if len(ends) else 0) + np.repeat(ptr[rows] - ends + lengths, lengths)
    return found
