"""One attack path from top to bottom: when each step is done, what it is, and what made it possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simkit.blast_radius import AttackPath, PathStep
from simkit.diagram import palette
from simkit.errors import QuestionError
from simkit.plots import style, titles
from simkit.table import duration, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST_STEP = 72
"""Letters of a step on one line."""
WORTH_SAYING = 60.0
"""Seconds between two steps from which the picture names the wait."""


def path(taken: AttackPath, *, ax: Axes | None = None) -> Axes:
    """The steps of `taken` with the median moment at which each is done; colours say what a step uses.

    Raises QuestionError for a path without steps.
    """
    steps = taken.steps
    if not steps:
        raise QuestionError(f"the path to {taken.goal} has no steps: there is nothing to draw")
    with style.canvas(ax, 8.2, 1.3 + 0.44 * len(steps)) as axes:
        axes.plot([0, 0], [0, len(steps) - 1], color=palette.PALE, linewidth=3, zorder=1)
        for row, step in enumerate(steps):
            _step(axes, row, step, steps[row - 1] if row else None)
        _frame(axes, taken)
    return axes


def _step(ax: Axes, row: int, step: PathStep, before: PathStep | None) -> None:
    colour = palette.GROUNDS.get(step.ground.kind, palette.GREY)
    last = step.ground.kind == "goal"
    ax.plot(0, row, "D" if last else "o", ms=10, mfc=colour, mec="white", mew=1.5, zorder=3)
    when = duration(step.done)
    if before is not None and duration(before.done) == when:
        when = ""
    ax.text(-0.25, row, when, ha="right", va="center", fontsize=9, color=palette.GREY)
    weight = "bold" if last else "normal"
    label, size = _lines(step.label)
    ax.text(0.28, row, label, ha="left", va="center", fontsize=size, fontweight=weight, linespacing=1.05)
    ax.text(9.9, row, step.rule, ha="right", va="center", fontsize=8.5, color=palette.GREY)
    gap = step.done - before.done if before is not None else 0.0
    if before is not None:
        ax.annotate(
            "", (0, row - 0.2), (0, row - 0.8), arrowprops={"arrowstyle": "-|>", "color": palette.GREY, "lw": 1}
        )
    if gap >= WORTH_SAYING:
        ax.text(0.28, row - 0.5, f"+{duration(gap)}", ha="left", va="center", fontsize=8, color=palette.GREY)


def _lines(label: str) -> tuple[str, float]:
    """`label` in a line, or in two where it is long, and the size of its letters."""
    text = style.name(label, 2 * LONGEST_STEP)
    lines = wrap(text, LONGEST_STEP)
    return "\n".join(lines[:2]), 10 if len(lines) == 1 else 9


def _frame(ax: Axes, taken: AttackPath) -> None:
    from matplotlib.lines import Line2D

    ax.set_xlim(-1.9, 10)
    ax.set_ylim(len(taken.steps) - 0.4, -1.0)
    heads: tuple[tuple[float, str, Any], ...] = ((-0.25, "median time", "right"), (9.9, "kind of step", "right"))
    for x, text, side in heads:
        ax.text(x, -0.75, text, ha=side, va="center", fontsize=8.5, color=palette.GREY, fontstyle="italic")
    ax.set_axis_off()
    style.heading(ax, titles.way(taken), share=1.25)
    used = dict.fromkeys(step.ground.kind for step in taken.steps)
    marks = [
        Line2D([], [], marker="o", linestyle="", ms=8, mfc=palette.GROUNDS.get(kind, palette.GREY), mec="white")
        for kind in used
    ]
    words = [palette.GROUNDS_MEAN.get(kind, kind) for kind in used]
    style.legend_below(ax, 0.05, marks, words, columns=3, title="each step uses", title_fontsize=9, alignment="left")
