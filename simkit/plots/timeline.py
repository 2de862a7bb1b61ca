"""One attack path from top to bottom: when each step is done, what it is, and what made it possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simkit.blast_radius import AttackPath, PathStep
from simkit.diagram import palette
from simkit.errors import QuestionError
from simkit.plots import style
from simkit.table import duration, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST_STEP = 72
WORTH_SAYING = 60.0
"""Seconds between two steps from which the picture names the wait."""


def path(taken: AttackPath, *, ax: Axes | None = None) -> Axes:
    """The steps of `taken` with the median moment at which each is done; colours say what a step uses.

    Raises QuestionError for a path without steps.
    """
    steps = taken.steps
    if not steps:
        raise QuestionError(f"the path to {taken.goal} has no steps: there is nothing to draw")
    with style.canvas(ax, 8.2, 1.1 + 0.44 * len(steps)) as axes:
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
    ax.text(0.28, row, style.name(step.label, LONGEST_STEP), ha="left", va="center", fontsize=10, fontweight=weight)
    ax.text(9.9, row, step.rule, ha="right", va="center", fontsize=8.5, color=palette.GREY)
    gap = step.done - before.done if before is not None else 0.0
    if gap > 0:
        ax.annotate(
            "", (0, row - 0.2), (0, row - 0.8), arrowprops={"arrowstyle": "-|>", "color": palette.GREY, "lw": 1}
        )
    if gap >= WORTH_SAYING:
        ax.text(0.28, row - 0.5, f"+{duration(gap)}", ha="left", va="center", fontsize=8, color=palette.GREY)


def _frame(ax: Axes, taken: AttackPath) -> None:
    from matplotlib.lines import Line2D

    ax.set_xlim(-1.9, 10)
    ax.set_ylim(len(taken.steps) - 0.4, -0.6)
    ax.set_axis_off()
    share = percent(taken.share.estimate)
    style.heading(ax, f"The way to {style.name(taken.goal)}: {share} of trials; median times", share=1.25)
    used = dict.fromkeys(step.ground.kind for step in taken.steps)
    marks = [
        Line2D([], [], marker="o", linestyle="", ms=8, mfc=palette.GROUNDS.get(kind, palette.GREY), mec="white")
        for kind in used
    ]
    words = [palette.GROUNDS_MEAN.get(kind, kind) for kind in used]
    style.legend_below(ax, 0.05, marks, words, columns=5, title="each step uses", title_fontsize=9, alignment="left")
