"""Risk against what the controls ask of people and machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simkit.blast_radius import BlastRadius, Comparison
from simkit.diagram import palette
from simkit.errors import QuestionError, nearest
from simkit.narrowing import Recommendations
from simkit.plots import style, titles
from simkit.plots.front import Design, front

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OVERHEADS = {
    "control": "cost of the controls a year",
    "waiting": "minutes that people wait a day",
    "tokens": "tokens issued a day",
    "records": "audit records a day",
    "checks": "policy checks a day",
    "approvals": "approvals a day",
    "broken": "tasks broken",
}
APART = ("waiting", "tokens", "records")
"""What is shown where nothing has a price: minutes of people, tokens and records have no unit to be added up in."""


LONGEST_DESIGN = 80


def pareto(result: Comparison | Recommendations, *, overhead: str | None = None, ax: Axes | None = None) -> Axes:
    """Risk against overhead, and the front that nothing else beats.

    Of a Comparison: the mean value lost of each policy against its `overhead`, a key of `OVERHEADS`: `control` (money a
    year, where the scenario has prices), `waiting` (minutes that people wait a day), `tokens`, `records`, `checks`,
    `approvals` or `broken` (tasks). None is `control` where there are prices, else waiting, tokens and records apart,
    side by side; on a given `ax` waiting alone. Of Recommendations: what is left after each further change against what
    they cost together, in money a year where there are prices, else in the price of one change. Raises QuestionError
    for another overhead, and for `control` without prices.
    """
    if overhead is not None and overhead not in OVERHEADS:
        raise QuestionError(f"overhead cannot be measured in {overhead!r}: {nearest(overhead, OVERHEADS)}")
    if isinstance(result, Recommendations):
        return _of_changes(result, ax)
    if overhead == "control" and not result.control:
        raise QuestionError("the scenario has no prices: write `unit` and `prices`, or choose another overhead")
    if overhead is None:
        overhead = "control" if result.control else APART[0]
        if not result.control and ax is None:
            return _apart(result)
    designs = [_design(each, overhead, result) for each in result.results]
    with style.canvas(ax, 7.2, 4.1 + 0.1 * len(designs)) as axes:
        _drawn(axes, designs, _overhead(overhead, result))
        told = titles.tradeoff(designs, costs=overhead == "control")
        style.heading(axes, titles.of_attack(result.results[0].provenance, told))
        style.legend_below(axes, 0.6, columns=2)
    return axes


def _overhead(overhead: str, result: Comparison) -> str:
    currency = f", {result.unit.name}" if overhead == "control" and result.unit else ""
    return f"{OVERHEADS[overhead]}{currency}"


def _apart(result: Comparison) -> Axes:
    """A panel for each of `APART`, with one scale of risk and one legend; the first of them comes back."""
    panels = [[_design(each, overhead, result) for each in result.results] for overhead in APART]
    with style.panels(len(APART), 10.8, 4.1 + 0.1 * len(result.results)) as row:
        for axes, overhead, designs in zip(row, APART, panels, strict=True):
            _drawn(axes, designs, OVERHEADS[overhead], [[each] for each in designs])  # the same marks in each panel
        for axes in row[1:]:
            axes.set_ylabel("")
        told = titles.tradeoff_apart(panels)
        style.heading(row[0], titles.of_attack(result.results[0].provenance, told), share=3.0)
        style.legend_below(row[0], 0.6, columns=2)
    return row[0]


def _of_changes(found: Recommendations, ax: Axes | None) -> Axes:
    designs = _changes(found)
    with style.canvas(ax, 7.2, 4.1 + 0.2 * len(designs)) as axes:
        _drawn(
            axes, designs, f"cost of the changes, {found.currency} a year" if found.currency else "price of the changes"
        )
        told = titles.changes(designs, found.question.measure, chance=bool(found.question.goal))
        style.heading(axes, titles.of_attack(found.provenance, told))
        if found.question.goal:
            axes.set_ylabel(f"{found.question.measure} (95 % interval)")
            style.share_axis(axes.yaxis)
        style.legend_below(axes, 0.6, columns=1)
    return axes


def _drawn(ax: Axes, designs: list[Design], label: str, groups: list[list[Design]] | None = None) -> None:
    best = front(designs)
    _front(ax, best)
    for place, twins in enumerate(groups or _together(designs)):
        _point(ax, place, twins, twins[0] in best)
    _scales(ax, designs, label)


def _changes(found: Recommendations) -> list[Design]:
    """The points of the greedy curve: all changes so far together."""
    points = enumerate(found.curve)
    return [
        Design(
            f"{place}. {point.added.name}" if point.added else "as it is",
            point.outlay,
            point.effect.chance or point.effect.mean,
        )
        for place, point in points
    ]


def _design(result: BlastRadius, overhead: str, of: Comparison) -> Design:
    side = result.utility
    measured = {
        "control": of.control.get(result.provenance.policy, 0.0),
        "records": side.records_a_day,
        "tokens": side.tokens_a_day,
        "checks": side.checks_a_day,
        "approvals": side.approvals_a_day,
        "waiting": side.waiting_minutes_a_day,
        "broken": float(len(side.broken)),
    }
    return Design(result.provenance.policy, measured[overhead], result.value_lost(), len(side.broken))


def _together(designs: Iterable[Design]) -> list[list[Design]]:
    """The designs by where they stand: those in one place share a mark."""
    places: dict[tuple[float, float], list[Design]] = {}
    for design in designs:
        places.setdefault((design.overhead, design.loss.estimate), []).append(design)
    return list(places.values())


def _front(ax: Axes, best: list[Design]) -> None:
    ordered = sorted(best, key=lambda design: design.overhead)
    overheads, losses = [d.overhead for d in ordered], [d.loss.estimate for d in ordered]
    ax.step(overheads, losses, where="post", color="#C4C4C4", linewidth=2.5, zorder=1, label="nothing beats these")


def _point(ax: Axes, place: int, twins: list[Design], on_front: bool) -> None:
    loss, colour = twins[0].loss, palette.COLOURS[place % len(palette.COLOURS)]
    error = style.whiskers(loss.estimate, loss.low, loss.high)
    longest = LONGEST_DESIGN if len(twins) == 1 else style.LONGEST_NAME
    broken = f", breaks {twins[0].broken} tasks" if twins[0].broken else ""
    broken += "" if on_front else " (beaten)"
    ax.errorbar(
        twins[0].overhead,
        loss.estimate,
        yerr=error,
        fmt=style.MARKERS[place % len(style.MARKERS)],
        ms=9,
        mfc=colour if on_front else "white",
        mec=colour,
        mew=1.8,
        ecolor=colour,
        capsize=3,
        zorder=3,
        label=" = ".join(style.name(design.name, longest) for design in twins) + broken,
    )


def _scales(ax: Axes, designs: list[Design], label: str) -> None:
    style.value_axis(ax, [design.overhead for design in designs], label)
    style.loss_axis(ax, max(design.loss.high for design in designs), "value lost (mean, 95 % interval)", below=0.04)
    ax.grid()
