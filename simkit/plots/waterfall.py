"""What each change buys, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from simkit.ablation import Ablation
from simkit.diagram import palette
from simkit.errors import QuestionError
from simkit.plots import style, titles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = tuple[str, float, float, float]
"""What was changed, and the value lost from then on: label, estimate, low, high (95 % interval)."""


def waterfall(rows: Ablation | Iterable[Row], *, title: str = "", ax: Axes | None = None) -> Axes:
    """Bars from each value to the next: the first row is the start, the last the end, those between are changes.

    `rows` is an Ablation (each dial takes its Shapley part, the greatest first) or rows of (label, value lost, low,
    high). Whiskers are the 95 % intervals: of the value at the start, of the change after it. Raises QuestionError
    for fewer than two rows.
    """
    given = _parts(rows) if isinstance(rows, Ablation) else rows
    steps = [(str(label), float(value), float(low), float(high)) for label, value, low, high in given]
    if len(steps) < 2:
        raise QuestionError(f"a waterfall has {len(steps)} rows: give a start and at least one change")
    with style.canvas(ax, 8.2, 1.5 + 0.44 * len(steps)) as axes:
        top = max(high for *_, high in steps)
        for place, (_, value, low, high) in enumerate(steps):
            _bar(axes, place, steps[place - 1][1] if place else None, value)
            _whisker(axes, place, (value, low, high))
            _words(axes, place, steps, top)
        found = titles.greatest_drop([(label, value) for label, value, *_ in steps])
        told = titles.of_attack(rows.provenance, found) if isinstance(rows, Ablation) else found
        _frame(axes, [label for label, *_ in steps], top, title or told)
    return axes


def _parts(ablation: Ablation) -> Iterator[Row]:
    """The start, and what is left after each dial took its part."""
    left = ablation.before.loss
    yield ablation.from_policy, left.estimate, left.low, left.high
    value = left.estimate
    for effect in ablation.ordered():
        value -= effect.share.estimate
        more, less = effect.share.high - effect.share.estimate, effect.share.estimate - effect.share.low
        # a part that should be zero may leave a few digits of a float
        yield f"{effect.dial}: {effect.after}", round(value, 9) + 0.0, value - more, value + less


def _bar(ax: Axes, place: int, before: float | None, value: float) -> None:
    if before is None:
        ax.barh(place, value, height=0.62, color=palette.GREY)
        return
    colour = palette.BLUE if value <= before else palette.VERMILLION
    ax.barh(place, value - before, left=before, height=0.62, color=colour)
    ax.plot([before, before], [place - 1, place], color=palette.GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=0)


def _whisker(ax: Axes, place: int, row: tuple[float, float, float]) -> None:
    value, low, high = row
    error = style.whiskers(value, low, high)
    ax.errorbar(value, place, xerr=error, fmt="none", ecolor=palette.INK, elinewidth=1.2, capsize=3, zorder=4)


def _words(ax: Axes, place: int, steps: list[Row], top: float) -> None:
    _, value, _, high = steps[place]
    before = steps[place - 1][1] if place else value
    text = style.number(value)
    if place and value != before:
        text += f"  ({'−' if value < before else '+'}{style.number(abs(value - before))})"
    elif place:
        text += "  (no change)"
    ax.text(max(value, before, high) + 0.015 * (top or 1.0), place, text, ha="left", va="center", fontsize=9)


def _frame(ax: Axes, labels: list[str], top: float, title: str) -> None:
    ax.set_yticks(range(len(labels)), [style.name(label) for label in labels])
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlim(0, 1.28 * (top or 1.0))
    ax.tick_params(axis="y", length=0)
    style.number_axis(ax.xaxis, top)
    ax.set_xlabel("value lost (mean, 95 % interval)")
    ax.grid(axis="x")
    style.heading(ax, title)
