"""What each of many worst cases costs, as `simkit.rank` works it out: some rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph
from simkit.blast_radius.legend import Legend
from simkit.execution import worst_in_blocks
from simkit.simulation import WORST_ROWS


def costs(graph: AttackGraph, firsts: Sequence[int], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of the `values` (facts,) of what follows from each of the steps `firsts`."""
    legend = Legend(dict(enumerate(values.tolist())), {}, {}, {}, frozenset())
    rest = iter(firsts)
    blocks = list(iter(lambda: tuple((step,) for step in islice(rest, WORST_ROWS)), ()))
    return np.concatenate([legend.lost_value(held) for _, held in worst_in_blocks(graph, blocks, None)])
