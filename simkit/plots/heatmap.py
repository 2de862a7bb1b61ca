"""What is reached under which policy, as a map of chances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from simkit.blast_radius import BlastRadius, Comparison
from simkit.drawing import palette
from simkit.errors import QuestionError, nearest
from simkit.plots import style
from simkit.table import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

ROWS = ("goals", "resources")
_DARK = 0.55
"""The chance from which text on a cell must be white."""


def goals_heatmap(
    compared: Comparison, *, rows: Literal["goals", "resources"] = "goals", ax: Axes | None = None
) -> Axes:
    """The chance of each goal (or of the loss of each resource that has a value) under each policy.

    A dot in a cell with no success marks what the worst case can still reach. Raises QuestionError for other `rows`,
    and if there is none of them.
    """
    names = _rows(compared.results[0], rows)
    chances = np.array([[result.chance(name).estimate for result in compared.results] for name in names])
    # cells keep their size however many there are
    with style.canvas(ax, 3.4 + 1.02 * len(compared.results), 1.5 + 0.42 * len(names)) as axes:
        axes.imshow(chances, cmap=_map(), vmin=0, vmax=1, aspect="auto")
        for (row, column), chance in np.ndenumerate(chances):
            _cell(axes, (row, column), float(chance), _possible(compared.results[column], names[row]))
        _frame(axes, compared, names)
    return axes


def _rows(result: BlastRadius, rows: str) -> list[str]:
    if rows not in ROWS:
        raise QuestionError(f"a heat map has no rows {rows!r}: {nearest(rows, ROWS)}")
    facts = (result.graph.facts[number] for number in result.legend.value)
    found = list(result.legend.goals) if rows == "goals" else [f"{fact.subject}:{fact.object}" for fact in facts]
    if not found:
        raise QuestionError(f"{result.provenance.scenario} has no {rows} to show: take the other kind of rows")
    return found


def _map() -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("simkit", ["#FFFFFF", "#F6C6A4", palette.VERMILLION, "#7A3500"])


def _possible(result: BlastRadius, what: str) -> bool:
    return result.chance(what).estimate == 0 and what in result.worst_case.goals


def _cell(ax: Axes, place: tuple[int, int], chance: float, possible: bool) -> None:
    text = f"{percent(chance)} •" if possible else percent(chance)
    ink = "white" if chance > _DARK else palette.INK
    ax.text(place[1], place[0], text, ha="center", va="center", fontsize=9, color=ink)


def _frame(ax: Axes, compared: Comparison, names: list[str]) -> None:
    shown = compared.results[0].provenance
    policies = [style.name(result.provenance.policy, 22) for result in compared.results]
    ax.set_xticks(range(len(policies)), policies, rotation=30, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), [style.name(name) for name in names])
    ax.tick_params(length=0)
    ax.set_xticks(np.arange(len(policies) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=palette.PALE, linewidth=1)
    ax.tick_params(which="minor", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(f"{shown.scenario}: {shown.entry_point}, chance in {shown.trials:,} trials", parse_math=False)
    if any(_possible(result, name) for result in compared.results for name in names):
        note = "• in no trial, but the worst case reaches it"
        ax.text(1.0, 1.0, note, transform=ax.transAxes, ha="right", va="bottom", fontsize=8, color=palette.GREY)
