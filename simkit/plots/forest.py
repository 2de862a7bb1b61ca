"""Policies side by side: what each loses, with its interval, its bad trials and its worst case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simkit.blast_radius import BlastRadius, Comparison
from simkit.drawing import palette
from simkit.plots import style
from simkit.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def comparison(compared: Comparison, *, ax: Axes | None = None) -> Axes:
    """A forest plot: for each policy the mean value lost with its 95 % interval, p95, and the worst case.

    To the right stand the mean and the paired difference from the policy that the others are held against. The axis
    is logarithmic where the largest value is more than 50 times the smallest.
    """
    results = compared.results
    with style.canvas(ax, 8.6, 1.5 + 0.46 * len(results)) as axes:
        for row, result in enumerate(results):
            _row(axes, row, result)
            _words(axes, row, compared, result)
        marks = [mark for result in results for mark in _values(result)]
        style.value_axis(axes, marks, "value lost, in the scenario's unit")
        _frame(axes, compared)
    return axes


def _values(result: BlastRadius) -> tuple[float, ...]:
    return (result.value_lost().estimate, result.quantile(0.95).estimate, result.worst_case.value)


def _row(ax: Axes, row: int, result: BlastRadius) -> None:
    mean, first = result.value_lost(), row == 0
    _, p95, worst = _values(result)
    ax.plot([mean.estimate, worst], [row, row], color=palette.PALE, linewidth=4, solid_capstyle="round", zorder=1)
    ax.plot(worst, row, "D", mfc="white", mec=palette.GREY, ms=7, label="worst case" if first else None, zorder=2)
    ax.plot(p95, row, "|", color=palette.VERMILLION, ms=15, mew=2.2, label="p95 of the trials" if first else None)
    ax.errorbar(
        mean.estimate,
        row,
        xerr=style.whiskers(mean.estimate, mean.low, mean.high),
        fmt="o",
        ms=6.5,
        color=palette.BLUE,
        capsize=4,
        label="mean, 95 % interval" if first else None,
        zorder=4,
    )


def _words(ax: Axes, row: int, compared: Comparison, result: BlastRadius) -> None:
    policy = result.provenance.policy
    against = "–" if policy == compared.against else _difference(compared, policy)
    across = ax.get_yaxis_transform()
    mean = format_number(result.value_lost().estimate)
    ax.text(1.08, row, mean, transform=across, ha="right", va="center", fontsize=9)
    ax.text(1.12, row, against, transform=across, ha="left", va="center", fontsize=9)


def _difference(compared: Comparison, policy: str) -> str:
    found = compared.difference(policy)
    if found.is_none:
        return "no difference"
    low, high = format_number(found.value.low), format_number(found.value.high)
    return f"{format_number(found.value.estimate).replace('-', '−')}  [{low}, {high}]".replace("[-", "[−").replace(
        ", -", ", −"
    )


def _frame(ax: Axes, compared: Comparison) -> None:
    shown = compared.results[0].provenance
    rows = range(len(compared.results))
    ax.set_yticks(rows, [style.name(result.provenance.policy) for result in compared.results])
    ax.set_ylim(len(compared.results) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    across = ax.get_yaxis_transform()
    for x, side, text in ((1.08, "right", "mean"), (1.12, "left", f"against {style.name(compared.against)}")):
        ax.text(x, -0.62, text, transform=across, ha=side, va="bottom", fontsize=9, color=palette.GREY)
    ax.set_title(f"{shown.scenario}: {shown.entry_point}", parse_math=False)
    marks, words = ax.get_legend_handles_labels()
    order = (2, 1, 0)
    style.legend_below(ax, 0.62, [marks[at] for at in order], [words[at] for at in order], columns=3)
