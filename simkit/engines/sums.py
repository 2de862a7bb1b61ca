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
def count_names(held, pointers, names, last, totals):
    """Adds to `totals` (rows) how many different `names` each row of `held` (rows, facts) touches.

    Fact f touches names[pointers[f] : pointers[f + 1]]; `last` (names) is scratch, -1 in each: the last row that
    touched a name, which is how one row counts it once.
    """
    for row in range(held.shape[0]):
        for fact in range(len(pointers) - 1):
            if held[row, fact]:
                for i in range(pointers[fact], pointers[fact + 1]):
                    if last[names[i]] != row:
                        last[names[i]] = row
                        totals[row] += 1
