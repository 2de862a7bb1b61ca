"""What is reached under which policy, as a map of chances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from simkit.blast_radius import BlastRadius, Comparison
from simkit.diagram import palette
from simkit.errors import QuestionError, nearest
from simkit.plots import style, titles
from simkit.table import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

ROWS = ("goals", "resources")
LONGEST_ROW = 44
_CELL = (1.02, 0.42)
"""Inches: a cell keeps its size however many there are."""
_LETTER = 0.078
"""Inches that a letter of a label takes."""


def goals_heatmap(
    compared: Comparison, *, rows: Literal["goals", "resources"] = "goals", ax: Axes | None = None
) -> Axes:
    """The chance of each goal (or of the loss of each resource that has a value) under each policy.

    A dot in a cell with no success marks what the worst case can still reach; resources that are lost under no policy
    are counted below. Raises QuestionError for other `rows`,
    and if there is none of them.
    """
    everything = _rows(compared, rows)
    names = _worth_a_row(compared, everything) if rows == "resources" else everything
    labels = [style.name(name, LONGEST_ROW) for name in names]
    policies = [style.name(result.provenance.policy) for result in compared.results]
    chances = np.array([[result.chance(name).estimate for result in compared.results] for name in names])
    slanted, beside = (_LETTER * max(map(len, words)) for words in (policies, labels))
    width = max(_CELL[0] * len(policies) + beside + 0.5, 4.6)
    with style.canvas(ax, width, _CELL[1] * len(names) + 0.5 * slanted + 1.0) as axes:
        axes.imshow(chances, cmap=_map(), vmin=0, vmax=1, aspect="auto")
        for (row, column), chance in np.ndenumerate(chances):
            _cell(axes, (row, column), float(chance), _possible(compared.results[column], names[row]))
        _frame(axes, labels, policies)
        told = titles.of_attack(compared.results[0].provenance, titles.reached(compared, everything, rows))
        style.heading(axes, told, share=1.2 * (width - beside) / width)
        below = _below(compared, names, len(everything) - len(names))
        axes.set_xlabel(below, fontsize=9, color=palette.GREY, loc="left")
    return axes


def _rows(compared: Comparison, rows: str) -> list[str]:
    """The goals, or what can be lost under some policy."""
    if rows not in ROWS:
        raise QuestionError(f"a heat map has no rows {rows!r}: {nearest(rows, ROWS)}")
    legends = [result.legend for result in compared.results]
    found = [name for legend in legends for name in (legend.goals if rows == "goals" else legend.losses.values())]
    if not found:
        other = next(kind for kind in ROWS if kind != rows)
        scenario = compared.results[0].provenance.scenario
        raise QuestionError(f"{scenario} has no {rows} to show: take rows={other!r}")
    return list(dict.fromkeys(found)) if rows == "goals" else sorted(set(found))


def _worth_a_row(compared: Comparison, names: list[str]) -> list[str]:
    """Those of `names` that something reaches under some policy, in a trial or in the worst case, the likeliest first;
    all of them where that is none."""
    likeliest = {name: max(result.chance(name).estimate for result in compared.results) for name in names}
    some = [name for name in names if likeliest[name] or any(_possible(each, name) for each in compared.results)]
    return sorted(some, key=lambda name: -likeliest[name]) or names


def _below(compared: Comparison, names: list[str], left_out: int) -> str:
    """What must be known of the cells, and of the rows that are not there."""
    possible = any(_possible(result, name) for result in compared.results for name in names)
    parts = ["• in no trial, but the worst case reaches it"] if possible else []
    parts += [f"not shown: {left_out} that no policy lets happen"] if left_out else []
    return "\n".join(parts)


def _map() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("simkit", ["#FFFFFF", "#F6C6A4", palette.VERMILLION, "#7A3500"])


def _possible(result: BlastRadius, what: str) -> bool:
    """True where no trial reached it, but something can."""
    reachable = result.worst_case.goals if what in result.legend.goals else result.worst_case.losses
    return result.chance(what).estimate == 0 and what in reachable


def _cell(ax: Axes, place: tuple[int, int], chance: float, possible: bool) -> None:
    text = f"{percent(chance)} •" if possible else percent(chance)
    ax.text(place[1], place[0], text, ha="center", va="center", fontsize=9, color=_ink(chance))


def _ink(chance: float) -> str:
    """The colour of text on a cell: black or white, whichever stands out more (relative luminance as in WCAG 2)."""
    channels = np.array(_map()(chance)[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return palette.INK if float(linear @ (0.2126, 0.7152, 0.0722)) > 0.2 else "white"


def _frame(ax: Axes, labels: list[str], policies: list[str]) -> None:
    ax.set_xticks(range(len(policies)), policies, rotation=30, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(labels)), labels)
    ax.tick_params(length=0)
    ax.set_xticks(np.arange(len(policies) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(labels) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=palette.PALE, linewidth=1)
    ax.tick_params(which="minor", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
