"""What each attack loses from commit to commit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from simkit.checks.baseline import IN_FORCE
from simkit.diagram import palette
from simkit.errors import QuestionError
from simkit.history import Trend, TrendPoint
from simkit.history.trend_points import Attack
from simkit.plots import style, titles
from simkit.table import format_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LABELS = 14
"""So many commits are named below the picture."""
MOST_LINES = 8
"""So many attacks are drawn, those that lose most."""


def trend(found: Trend, *, ax: Axes | None = None) -> Axes:
    """The mean value lost through each attack, from commit to commit, with the band of its 95 % interval.

    Commits stand at even steps, the oldest first; where an attack is not in a commit, its line has a gap. What has no
    line or no place is counted in the title. Raises QuestionError for a trend without a point.
    """
    if not found.points:
        raise QuestionError(f"no commit of {found.file} has a scenario that can be read: there is nothing to draw")
    attacks = sorted(found.attacks, key=lambda each: -_most(found, each))[:MOST_LINES]
    with style.canvas(ax, 7.6, 4.2 + 0.2 * len(attacks)) as axes:
        for place, attack in enumerate(attacks):
            _line(axes, found.points, attack, place)
        style.loss_axis(axes, max((_most(found, each) for each in attacks), default=0.0), "value lost (mean)")
        axes.grid(axis="y")
        _commits(axes, found.points)
        told = _title(found.points, attacks[0]) if attacks else "No commit has an attack"
        style.heading(axes, told + _not_shown(found, len(attacks)))
        if len(attacks) > 1:
            style.legend_below(axes, 1.25, columns=2)
    return axes


def _most(found: Trend, attack: Attack) -> float:
    return max(point.figures[attack].value_lost.high for point in found.points if attack in point.figures)


def _line(ax: Axes, points: tuple[TrendPoint, ...], attack: Attack, place: int) -> None:
    colour = palette.COLOURS[place % len(palette.COLOURS)]
    nothing = float("nan")
    lost = [point.figures[attack].value_lost if attack in point.figures else None for point in points]
    middle = [each.estimate if each else nothing for each in lost]
    low, high = [each.low if each else nothing for each in lost], [each.high if each else nothing for each in lost]
    steps = range(len(points))
    under = "" if attack[0] == IN_FORCE else f" ({style.name(attack[0])})"
    ax.fill_between(steps, low, high, color=colour, alpha=0.2, linewidth=0)
    marker, dash = style.MARKERS[place % len(style.MARKERS)], style.DASHES[place % len(style.DASHES)]
    ax.plot(
        steps, middle, color=colour, marker=marker, markersize=5, linestyle=dash, label=style.name(attack[1]) + under
    )


def _commits(ax: Axes, points: tuple[TrendPoint, ...]) -> None:
    """The commits below, each with its day; of many every n-th."""
    stride = -(-len(points) // MOST_LABELS)
    shown = list(range(len(points) - 1, -1, -stride))[::-1]
    ax.set_xlim(-0.5, len(points) - 0.5)
    labels = [f"{points[at].name}\n{points[at].day}" for at in shown]
    ax.set_xticks(shown, labels, rotation=60, ha="right", rotation_mode="anchor")
    ax.set_xticks([], minor=True)


def _title(points: Sequence[TrendPoint], attack: Attack) -> str:
    """What `attack` did since the first commit, and where it moved most."""
    lost = [point.figures[attack].value_lost.estimate if attack in point.figures else None for point in points]
    name = style.name(attack[1])
    if lost[-1] is None:
        return f"{name} is no more"
    told = f"{name} loses {format_number(lost[-1])}"
    if lost[0] is None or len(lost) == 1:
        return told
    known = [(at, value) for at, value in enumerate(lost) if value is not None]
    size, rose, at = max((abs(b - a), b > a, at) for (_, a), (at, b) in pairwise(known))
    if not size:
        count = sum(bool(points[at].commit) for at, _ in known)
        before = f"each of {count} commits" if count > 1 else "the commit before"
        return f"{told}, as at {before}{' that have it' * (len(known) < len(lost))}"
    return f"{told}, {format_number(lost[0])} at first; the steepest {'rise' if rose else 'fall'}: {points[at].name}"


def _not_shown(found: Trend, drawn: int) -> str:
    """What the picture leaves out: attacks beyond those `drawn`, and commits without a point."""
    hidden = len(found.attacks) - drawn
    parts = [f"{titles.counted(hidden, 'attack')} that lose{'s' * (hidden == 1)} less"] if hidden else []
    past = [each for each in found.skipped if each.commit]
    broken, absent = sum(each.there for each in past), sum(not each.there for each in past)
    parts += [f"{titles.counted(broken, 'commit')} that cannot be read"] if broken else []
    parts += [f"{titles.counted(absent, 'commit')} without the file"] if absent else []
    parts += [titles.counted(found.older, "older commit")] if found.older else []
    return f"; not shown: {', '.join(parts)}" if parts else ""
