"""The charts of a page: inline SVG that follows light and dark, each with its numbers as a table beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.blast_radius import Comparison
from simkit.diagram import palette
from simkit.table import Cell, Table, duration, format_number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simkit.scenario import Scenario

MOMENTS = (60.0, 600.0, 3600.0, 6 * 3600.0, 86400.0, 7 * 86400.0, 30 * 86400.0)
"""Seconds at which the table beside the curve over time is read."""
MOST_LOSSES = 8
"""Values at which the table beside the exceedance curve is read."""
PLACES = 2
"""Decimals of a point (1/72 inch) that are kept: more cannot be seen."""
_THEME = {
    palette.INK: "--ink",
    palette.GREY: "--soft",
    palette.PALE: "--line",
    "#ffffff": "--paper",
    "white": "--paper",
}
"""Colours that follow the page."""
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_DRAWN = re.compile(r'(?<= d=")[^"]*|(?<= (?:x|y)=")[^"]*')


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as SVG text, what it shows, and its numbers. `on_white`: it keeps its colours on a dark page."""

    svg: str
    says: str
    numbers: Table | None = None
    on_white: bool = False


def forest(compared: Comparison) -> Chart:
    """Policies side by side."""
    from simkit import plots

    says = "For each policy the mean value lost with its 95 % interval, p95 of the trials, and the worst case"
    return Chart(_svg("forest", lambda: plots.comparison(compared)), f"{says}; the table below has the numbers.")


def goals(compared: Comparison) -> Chart:
    """The chance of each goal under each policy."""
    from simkit import plots

    says = "The chance of each goal under each policy; the table below has the numbers."
    return Chart(_svg("goals", lambda: plots.goals_heatmap(compared), themed=False), says, on_white=True)


def over_time(compared: Comparison) -> Chart:
    """The mean value lost until each moment, under each policy."""
    from simkit import plots

    horizon = compared.results[0].horizon
    moments = [*(moment for moment in MOMENTS if moment < horizon), horizon]
    rows: list[tuple[Cell, ...]] = [
        (result.provenance.policy, *(at.estimate for at in result.over_time(moments))) for result in compared.results
    ]
    table = Table(("policy", *map(duration, moments)), rows, title="mean value lost until then")
    says = "The mean value lost until each moment since the attack began, a curve for each policy, with 95 % intervals."
    return Chart(_svg("time", lambda: plots.over_time(compared)), says, table)


def exceedance(compared: Comparison) -> Chart:
    """The share of trials that lose more than each value, under each policy."""
    from simkit import plots

    losses = sorted({value for result in compared.results for value, _ in result.exceedance()})
    step = max(1, -(-len(losses) // MOST_LOSSES))
    shown = dict.fromkeys([0.0, *losses[step - 1 :: step]])
    named = dict(zip(dict.fromkeys(map(format_number, shown)), shown, strict=False))
    rows = [
        (result.provenance.policy, *(percent(float((result.values > loss).mean())) for loss in named.values()))
        for result in compared.results
    ]
    table = Table(("policy", *(f"more than {name}" for name in named)), rows, title="share of trials that lose")
    says = "The share of trials that lose more than each value, a curve for each policy."
    return Chart(_svg("exceedance", lambda: plots.exceedance(compared)), says, table)


def model(scenario: Scenario) -> Chart:
    """The model, for paper and for readers without scripts."""
    from simkit import plots

    says = "Credentials, identities, tools and resources of the scenario, and what leads from one to another."
    return Chart(_svg("model", lambda: plots.graph(scenario), themed=False), says, on_white=True)


def _svg(name: str, draw: Callable[[], Axes], *, themed: bool = True) -> str:
    """What `draw` draws, to stand in a page: ids of its own, no text that could be markup, colours of the page."""
    from matplotlib import pyplot

    from simkit.plots.style import rendered

    axes = draw()
    figure = axes.get_figure(root=True)
    try:
        text = rendered(axes, "svg").decode()
    finally:
        pyplot.close(figure)
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'(?<= id=")|(?<=href="#)|(?<=url\(#)', f"{name}-", text)
    text = _DRAWN.sub(lambda found: _NUMBER.sub(_shorter, found.group()), text)
    for colour, variable in _THEME.items() if themed else ():
        text = re.sub(rf"(?<=: ){colour}\b", f"var({variable})", text, flags=re.I)
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1).strip()


def _shorter(found: re.Match[str]) -> str:
    return f"{float(found.group()):.{PLACES}f}".rstrip("0").rstrip(".")
