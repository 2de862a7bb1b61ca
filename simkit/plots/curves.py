"""Curves over time and over loss, one for each policy; policies with the same curve share a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simkit.blast_radius import BlastRadius, Comparison
from simkit.diagram import palette
from simkit.plots import style, titles
from simkit.table import duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOMENTS = 400
EARLIEST = 1.0
"""Where an axis of time begins, in seconds, unless something is lost before."""
_SAME = 1e-9
NARROWEST, WIDER = 1.9, 1.2
"""Points: the width of the last curve over loss, and how much wider each earlier one is."""


def over_time(result: BlastRadius | Comparison, *, ax: Axes | None = None) -> Axes:
    """The mean value lost until each moment, with the band of its 95 % interval.

    For one BlastRadius a second, pale band holds the middle 90 % of the trials, and a dashed line marks the median
    moment of containment. Policies with the same curve share one line.
    """
    results = _results(result)
    with style.canvas(ax, 7.2, _height(results)) as axes:
        low, high = _span(results)
        moments = np.geomspace(low, high, MOMENTS)
        curves = [_Means(one, moments) for one in results]
        for place, (label, curve) in enumerate(_together(results, [curve.rows for curve in curves])):
            colour, dash = _look(place)
            axes.fill_between(moments, curve[1], curve[2], color=colour, alpha=0.22, linewidth=0, step="post")
            axes.step(moments, curve[0], where="post", color=colour, linestyle=dash, label=label)
        style.clock_axis(axes, low, high)
        if isinstance(result, BlastRadius):
            _middle(axes, result, moments)
            _containment(axes, result, low, high)
        top = max(float(curve.rows[2].max()) for curve in curves)
        style.loss_axis(axes, max(top, axes.dataLim.ymax), "value lost (mean, 95 % interval)")
        axes.grid(axis="y")
        shown = results[_base(result)]
        told = titles.half_lost(shown, moments.tolist(), curves[_base(result)].rows[0].tolist())
        _named(axes, titles.of_attack(shown.provenance, told))
    return axes


def exceedance(result: BlastRadius | Comparison, *, ax: Axes | None = None) -> Axes:
    """The loss exceedance curve: the share of trials that lose more than each value."""
    results = _results(result)
    with style.canvas(ax, 7.2, _height(results)) as axes:
        top = max([one.worst_case.value for one in results] + [float(one.values.max()) for one in results])
        losses = np.unique(np.concatenate([[0.0, top or 1.0], *(one.values for one in results)]))
        curves = [np.array([[float((one.values > loss).mean()) for loss in losses]]) for one in results]
        together = _together(results, curves)
        for place, (label, curve) in enumerate(together):
            colour, dash = _look(place)
            # where curves run together, the later and narrower one lies in the middle of the earlier and wider ones
            wide = NARROWEST + WIDER * (len(together) - 1 - place)
            shown = slice(0, 1 + int(np.argmin(curve[0])))
            looks: dict[str, Any] = {
                "color": colour,
                "linestyle": dash if wide == NARROWEST else "-",
                "linewidth": wide,
            }
            axes.step(losses[shown], curve[0][shown], where="post", label=label, solid_capstyle="butt", **looks)
        style.value_axis(axes, [top], "value lost, in the scenario's unit")
        highest = max(float(curve[0].max()) for _, curve in together)
        axes.set_ylim(-0.02 * (highest or 1.0), 1.08 * (highest or 1.0))
        style.share_axis(axes.yaxis)
        if not any(one.values.any() for one in results):
            style.nothing_lost(axes)
        axes.set_ylabel("trials that lose more")
        axes.grid(axis="y")
        _named(axes, titles.of_attack(results[0].provenance, titles.nineteen_of_twenty(result)))
    return axes


class _Means:
    """Mean, low and high at each moment."""

    def __init__(self, result: BlastRadius, moments: NDArray[np.float64]) -> None:
        found = result.over_time(moments.tolist())
        rows = [[at.estimate for at in found], [max(at.low, 0.0) for at in found], [at.high for at in found]]
        self.rows = np.array(rows)


def _height(results: Sequence[BlastRadius]) -> float:
    """Inches: the curves keep their room however many rows the legend needs."""
    return 3.6 + 0.2 * math.ceil(len(results) / 2)


def _results(result: BlastRadius | Comparison) -> tuple[BlastRadius, ...]:
    return result.results if isinstance(result, Comparison) else (result,)


def _look(place: int) -> tuple[str, object]:
    return palette.COLOURS[place % len(palette.COLOURS)], style.DASHES[place % len(style.DASHES)]


def _together(
    results: Sequence[BlastRadius], curves: Sequence[NDArray[np.float64]]
) -> list[tuple[str, NDArray[np.float64]]]:
    """Each different curve once, under the names of all policies that have it."""
    found: list[tuple[list[str], NDArray[np.float64]]] = []
    for result, curve in zip(results, curves, strict=True):
        policy = style.name(result.provenance.policy)
        twin = next((names for names, other in found if np.allclose(curve, other, rtol=_SAME, atol=_SAME)), None)
        if twin is None:
            found.append(([policy], curve))
        else:
            twin.append(policy)
    return [(" = ".join(names), curve) for names, curve in found]


def _span(results: Sequence[BlastRadius]) -> tuple[float, float]:
    """The first loss and the end, in seconds. The end is the horizon, or soon after the last loss if that is much
    earlier."""
    times = [times for one in results if (times := _loss_times(one)).size]
    if not times:
        return EARLIEST, max(results[0].horizon, 10 * EARLIEST)
    first, last = min(float(t.min()) for t in times), max(float(t.max()) for t in times)
    low = min(max(first * 0.5, 1e-3), EARLIEST) if first < 2 * EARLIEST else first * 0.5
    return low, max(min(results[0].horizon, 4 * last), 10 * low)


def _loss_times(result: BlastRadius) -> NDArray[np.float64]:
    first = result.times(list(result.legend.value))
    return np.maximum(first[first >= 0] / 1000, 1e-3)


def _middle(ax: Axes, result: BlastRadius, moments: NDArray[np.float64]) -> None:
    """The band that holds the middle 90 % of the trials."""
    lost = result.legend.value_until_each(result.times, [round(at * 1000) for at in moments.tolist()])
    bounds = np.array([np.quantile(values, (0.05, 0.95), method="inverted_cdf") for values in lost])
    looks: dict[str, Any] = {"color": palette.SKY, "alpha": 0.18, "linewidth": 0, "step": "post"}
    ax.fill_between(moments, bounds[:, 0], bounds[:, 1], label="middle 90 % of trials", **looks)


def _containment(ax: Axes, result: BlastRadius, low: float, high: float) -> None:
    when = result.time_to_containment()
    if when.trials and low < when.estimate < high:
        label = f"median containment, {duration(when.estimate)}"
        ax.axvline(when.estimate, color=palette.GREY, linestyle=(0, (4, 3)), linewidth=1.2, label=label)


def _base(result: BlastRadius | Comparison) -> int:
    """The place of the policy that the others are held against."""
    if isinstance(result, BlastRadius):
        return 0
    return next(at for at, one in enumerate(result.results) if one.provenance.policy == result.against)


def _named(ax: Axes, title: str) -> None:
    style.heading(ax, title)
    style.legend_below(ax, 0.6, columns=2)
