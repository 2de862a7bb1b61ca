"""The revocation race: what is lost against how long something takes or lives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simkit.ablation import Curve
from simkit.blast_radius import Interval
from simkit.diagram import palette
from simkit.errors import QuestionError
from simkit.plots import style, titles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Points = Sequence[tuple[float, Interval]]
"""Settings (seconds), each with the mean loss."""


def race(curves: Curve | Mapping[str, Points], *, axis: str = "", ax: Axes | None = None) -> Axes:
    """The mean loss against one duration (a ttl, a delay, a lag), with the band of its 95 % interval.

    `curves` is a Curve of an ablation, or points (seconds, loss) under the name of each line; `axis` says what the
    duration is. Raises QuestionError where a line has fewer than two points, or a duration is not above zero.
    """
    lines: Mapping[str, Points]
    if isinstance(curves, Curve):
        lines, axis = {curves.title: [(p.seconds, p.loss) for p in curves.points]}, axis or curves.axis
    else:
        lines = curves
    moments = _moments(lines)
    with style.canvas(ax, 7.2, 4.2) as axes:
        for place, (name, points) in enumerate(lines.items()):
            _line(axes, place, name, points)
        style.clock_axis(axes, 0.85 * moments[0], 1.18 * moments[-1], at=moments)
        top = max(loss.high for points in lines.values() for _, loss in points)
        measure = curves.measure if isinstance(curves, Curve) else "value lost"
        style.loss_axis(axes, top, f"{measure} (mean, 95 % interval)", below=0.02)
        axes.set_xlabel(f"{axis or 'duration'} (log scale)")
        axes.grid(axis="y")
        told = titles.ends(lines, axis)
        style.heading(axes, f"{style.name(curves.title)}: {told}" if isinstance(curves, Curve) else told)
        if len(lines) > 1:
            style.legend_below(axes, 0.6, columns=2)
    return axes


def _moments(lines: Mapping[str, Points]) -> list[float]:
    for name, points in lines.items():
        if len(points) < 2:
            raise QuestionError(f"the line {name!r} has {len(points)} points: give at least two")
        least = min(seconds for seconds, _ in points)
        if least <= 0:
            raise QuestionError(f"the line {name!r} has a duration of {least:g} s: durations are above zero")
    if not lines:
        raise QuestionError("there is no line to draw: give points under a name")
    return sorted(seconds for points in lines.values() for seconds, _ in points)


def _line(ax: Axes, place: int, name: str, points: Points) -> None:
    ordered = sorted(points, key=lambda point: point[0])
    seconds = [moment for moment, _ in ordered]
    colour = palette.COLOURS[place % len(palette.COLOURS)]
    low, high = [max(loss.low, 0.0) for _, loss in ordered], [loss.high for _, loss in ordered]
    ax.fill_between(seconds, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(
        seconds,
        [loss.estimate for _, loss in ordered],
        color=colour,
        linestyle=style.DASHES[place % len(style.DASHES)],
        marker=style.MARKERS[place % len(style.MARKERS)],
        ms=6,
        label=style.name(name, 48),
    )
