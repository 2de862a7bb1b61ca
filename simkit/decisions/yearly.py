"""How likely a year is to lose more than each sum, as far as trials and ignorance leave that open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simkit.annual_loss import years
from simkit.decisions.decisions import Sensitivity
from simkit.decisions.drawn_losses import Inquiry
from simkit.decisions.drawn_values import Floats, Given, with_best_guesses
from simkit.errors import QuestionError

MOST_DRAWS = 100
TRIALS = 512
BLOCKS = 20
"""Parts of the trials at the best guess, whose curves make the band of sampling."""
COUNT = 2000
"""Years of each curve."""
POINTS = 60


@dataclass(frozen=True, eq=False)
class Bands:
    """Shares of years that lose more than each of `losses`: at the best guesses, and two bands (low, high) that hold
    nine curves in ten, of other trials and of other draws."""

    losses: Floats
    best: Floats
    sampling: tuple[Floats, Floats]
    ignorance: tuple[Floats, Floats]


def exceedance_bands(found: Sensitivity, policy: str) -> Bands:
    """The bands of `policy`, which is one of `found`. Raises QuestionError where no money is counted."""
    if not found.accounts.is_annual:
        raise QuestionError(f"{found.scenario.name} says no `unit`, or not how often anything is tried: give both")
    inquiry = Inquiry.of(
        found.scenario,
        [found.scenario.grant_policy(policy)],
        found.accounts.entries,
        found.accounts.inputs,
        seed=found.provenance.seed,
    )
    best = with_best_guesses(found.accounts.inputs, {}, 1)
    there = _curves(found, inquiry, best, 1, BLOCKS)
    stride = max(1, found.draws // MOST_DRAWS)
    drawn = {name: column[::stride] for name, column in found.values.items()}
    count = len(next(iter(drawn.values())))
    given = with_best_guesses(found.accounts.inputs, drawn, count)
    here = _curves(found, inquiry, given, count, 1)
    top = max(float(np.quantile(row, 0.99)) for row in (*there, *here)) or 1.0
    losses = np.concatenate([[0.0], np.geomspace(top / 1000, top, POINTS)])
    sampled, ignorant = _above(there, losses), _above(here, losses)
    return Bands(losses, sampled.mean(axis=0), _nine_in_ten(sampled), _nine_in_ten(ignorant))


def _curves(found: Sensitivity, inquiry: Inquiry, given: Given, count: int, blocks: int) -> list[Floats]:
    """The years of each draw, and of each block of its trials."""
    swap = inquiry.swaps[0]
    drawn = swap.drawn(given, count)
    weights = found.accounts.weights(given, count)
    often = found.accounts.frequencies(given, count)
    rows = []
    for draw in range(count):
        made = swap.compiled(given, drawn, draw)
        lost = [inquiry.samples(made, entry, draw * TRIALS, TRIALS) for entry in inquiry.entries]
        for block in range(blocks):
            samples = {
                entry: (float(often[draw, n]), weights[draw, n] / max(often[draw, n], 1e-300) * lost[n][block::blocks])
                for n, entry in enumerate(inquiry.entries)
            }
            rows.append(years(samples, seed=inquiry.seed + block, count=COUNT))
    return rows


def _above(rows: list[Floats], losses: Floats) -> Floats:
    """(rows, losses) The share of the years of each row that lose more."""
    return np.array([(row[:, None] > losses[None, :]).mean(axis=0) for row in rows])


def _nine_in_ten(curves: Floats) -> tuple[Floats, Floats]:
    low, high = np.quantile(curves, [0.05, 0.95], axis=0)
    return low, high
