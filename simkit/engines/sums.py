"""What the facts of each row come to: weights added up, and names counted once."""

# mypy: allow-untyped-defs

from __future__ import annotations

from simkit.engines.compiled import kernel

ROWS = 8


@kernel
def add_weights(held, facts, weights, totals):
    """Adds to `totals` (rows) the `weights` of those of `facts` that each row of `held` (rows, facts) holds, in order.

    One after another, since the sum must be the same bytes on every machine: numpy adds in the order that suits it.
    Some rows together, since one addition would wait for the other.
    """
    for first in range(0, held.shape[0], ROWS):
        for i in range(len(facts)):
            for row in range(first, min(first + ROWS, held.shape[0])):
                totals[row] += weights[i] if held[row, facts[i]] else 0.0


@kernel
def count_names(held, pointers, facts, totals):
    """Adds to `totals` (rows) how many names each row of `held` (rows, facts) touches: name n is touched by any of
    facts[pointers[n] : pointers[n + 1]]."""
    for row in range(held.shape[0]):
        for name in range(len(pointers) - 1):
            for i in range(pointers[name], pointers[name + 1]):
                if held[row, facts[i]]:
                    totals[row] += 1
                    break
