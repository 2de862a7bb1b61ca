"""Policies side by side: what each loses, with its interval, its bad trials and its worst case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simkit.blast_radius import BlastRadius, Comparison
from simkit.diagram import palette
from simkit.plots import style, titles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ((0.58, "right"), (0.76, "left"))
"""Inches to the right of the axes, and how the text is aligned: the mean, and the difference."""
_OVER_COLUMNS = 26.0
"""Points from the axes to the title: the names of the columns stand between."""


def comparison(compared: Comparison, *, ax: Axes | None = None) -> Axes:
    """A forest plot: for each policy the mean value lost with its 95 % interval, p95, and the worst case.

    To the right stand the mean and the paired difference from the policy that the others are held against. The axis
    is logarithmic where the largest value is more than 50 times the smallest.
    """
    results = compared.results
    with style.canvas(ax, 8.6, 1.7 + 0.46 * len(results)) as axes:
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
    mean = style.number(result.value_lost().estimate)
    for column, text in zip(_COLUMNS, (mean, against), strict=True):
        _beside(ax, column, row, text, va="center")


def _beside(ax: Axes, column: tuple[float, str], row: float, text: str, **looks: Any) -> None:
    """Write `text` to the right of the axes, so many inches from them, and aligned as `column` says."""
    inches, side = column
    across = ax.get_yaxis_transform() + style.moved(ax, inches, 0)
    ax.text(1.0, row, text, transform=across, ha=side, fontsize=9, **looks)


def _difference(compared: Comparison, policy: str) -> str:
    found = compared.difference(policy)
    if found.is_none:
        return "no difference"
    estimate, low, high = (style.number(at) for at in (found.value.estimate, found.value.low, found.value.high))
    return f"{estimate}  [{low}, {high}]"


def _frame(ax: Axes, compared: Comparison) -> None:
    rows = range(len(compared.results))
    ax.set_yticks(rows, [style.name(result.provenance.policy) for result in compared.results])
    ax.set_ylim(len(compared.results) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    for column, text in zip(_COLUMNS, ("mean", f"against {style.name(compared.against, 22)}"), strict=True):
        _beside(ax, column, -0.62, text, va="bottom", color=palette.GREY)
    style.heading(ax, titles.of_attack(compared.results[0].provenance, titles.losses(compared)), above=_OVER_COLUMNS)
    marks, words = ax.get_legend_handles_labels()
    order = (2, 1, 0)
    style.legend_below(ax, 0.62, [marks[at] for at in order], [words[at] for at in order], columns=3)
