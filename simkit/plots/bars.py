"""What is worst to lose, and what each narrowing buys: a bar for each, the longest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simkit.blast_radius import Ranking
from simkit.blast_radius.ranking import Ranked
from simkit.diagram import palette
from simkit.errors import QuestionError
from simkit.narrowing import Recommendation, Recommendations
from simkit.plots import style, titles
from simkit.table import format_number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12
"""So many bars a picture has; the tables have them all."""
LONGEST = 44
"""Letters of the words beside a bar."""
KINDS = {"credential": palette.ORANGE, "identity": palette.BLUE}


def ranking(found: Ranking, *, ax: Axes | None = None) -> Axes:
    """A bar for each of the worst credentials and identities to lose: the value within reach of it, or, where nothing
    has a value, the share of the environment. Beside it stand the share and how many goals are in reach.

    Raises QuestionError where there is nothing to lose.
    """
    rows = found.rows[:MOST]
    if not rows:
        raise QuestionError("the ranking has no credential and no identity: there is nothing to draw")
    valued = any(row.value for row in rows)
    lengths = [row.value if valued else row.impact for row in rows]
    with style.canvas(ax, 8.6, 1.6 + 0.36 * len(rows)) as axes:
        for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            axes.barh(place, length, height=0.62, color=KINDS.get(row.kind, palette.GREY))
            _beside(axes, place, length, max(lengths), _within_reach(row, valued))
        named = [f"{style.name(row.name)}{f', {row.count - 1} alike' if row.count > 1 else ''}" for row in rows]
        _frame(axes, named, max(lengths))
        axes.set_xlabel(f"{'value' if valued else 'share of the environment'} within reach, in the worst case")
        if not valued:
            _ticks(axes, percent)
        style.heading(axes, titles.worst_to_lose(found, len(rows), valued=valued))
        _legend(axes, {kind: colour for kind, colour in KINDS.items() if any(row.kind == kind for row in rows)})
    return axes


def narrowings(found: Recommendations, *, ax: Axes | None = None) -> Axes:
    """A bar for each narrowing that helps, the best gain for its cost first: how much less is lost, with its 95 %
    interval; beside it what is left, what it costs, and how many others do as well for as much. Green: nobody's work
    leans on it.

    Raises QuestionError where none helps.
    """
    helpful = [each for each in found.ranked if each.helps and not each.ties_with]
    rows = helpful[:MOST]
    if not rows:
        raise QuestionError(f"no narrowing makes the {found.question.measure} smaller: there is nothing to draw")
    top = max(each.less.high for each in rows)
    colours = {"nobody's work leans on it": palette.GREEN, "other changes": palette.BLUE}
    with style.canvas(ax, 9.4, 1.6 + 0.36 * len(rows)) as axes:
        for place, each in enumerate(rows):
            colour = palette.GREEN if each.unneeded else palette.BLUE
            axes.barh(place, each.less.estimate, height=0.62, color=colour)
            error = style.whiskers(each.less.estimate, each.less.low, each.less.high)
            axes.errorbar(each.less.estimate, place, xerr=error, fmt="none", ecolor=palette.INK, elinewidth=1.2,
                          capsize=3, zorder=4)  # fmt: skip
            _beside(axes, place, each.less.high, top, _left(found, each))
        _frame(axes, [style.name(each.narrowing.name, LONGEST) for each in rows], top)
        axes.set_xlabel(f"how much less: {found.question.measure} (95 % interval)")
        if found.question.goal or not found.question.valued:
            _ticks(axes, found.question.amount)
        style.heading(axes, titles.best_narrowing(found, len(helpful) - len(rows)))
        kinds = {each.unneeded for each in rows}
        _legend(axes, {word: colour for word, colour in colours.items() if (colour == palette.GREEN) in kinds})
    return axes


def _within_reach(row: Ranked, valued: bool) -> str:
    goals = titles.counted(len(row.goals), "goal")
    share = f"{percent(row.impact)} of the environment"
    return f"{style.number(row.value)}: {share}, {goals}" if valued else f"{percent(row.impact)}, {goals}"


def _left(found: Recommendations, each: Recommendation) -> str:
    """What is left, what it costs, and how many others do as well."""
    place = found.ranked.index(each) + 1
    alike = sum(other.ties_with == place for other in found.ranked)
    twins = f"; {alike} as good" if alike else ""
    after = each.after.chance or each.after.mean
    harm = "" if each.before.lost == found.question.lost else f" of {each.before.harm}"
    left = f"{found.question.amount(after.estimate)}{harm} left"
    if each.balance is not None:
        price = f"{style.number(round(each.balance.control))} {each.balance.currency} a year"
        return f"{left}, costs {price if each.balance.control else 'nothing'}{twins}"
    return f"{left}, costs {format_number(round(each.price, 2)) if each.price else 'nothing'}{twins}"


def _beside(ax: Axes, place: int, length: float, top: float, text: str) -> None:
    ax.text(length + 0.015 * (top or 1.0), place, text, ha="left", va="center", fontsize=8.5, color=palette.GREY)


def _frame(ax: Axes, names: Sequence[str], top: float) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(0, 1.75 * (top or 1.0))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    style.number_axis(ax.xaxis, top)
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= top])  # beyond stand words
    ax.grid(axis="x")


def _ticks(ax: Axes, write: Callable[[float], str]) -> None:
    ax.set_xticks(ax.get_xticks(), [write(float(tick)) for tick in ax.get_xticks()])


def _legend(ax: Axes, colours: dict[str, str]) -> None:
    from matplotlib.patches import Patch

    if len(colours) > 1:
        marks = [Patch(color=colour) for colour in colours.values()]
        style.legend_below(ax, 0.62, marks, list(colours), columns=2)
