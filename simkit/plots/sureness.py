"""Pictures of what is not known: what moves a decision, where it turns, and what a year may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simkit.blast_radius.intervals import wilson
from simkit.decisions import Sensitivity
from simkit.decisions.preference import Decider, Preference
from simkit.decisions.words import number_text
from simkit.decisions.yearly import Bands, exceedance_bands
from simkit.diagram import palette
from simkit.plots import style
from simkit.table import percent
from simkit.unknowns import NotKnown, kind_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 8
GROUPS = 16
UNDER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
"""Behind a word that stands on a line."""
LETTERS = 9
"""Letters of a word beside a bar for which the picture has room."""
THIN = 0.01
"""A bar that is this much shorter than the longest is no bar."""


def tornado(found: Sensitivity, weak: str, strong: str, *, ax: Axes | None = None) -> Axes:
    """What each input moves: how much less `strong` costs than `weak` over the range of each, all else at its best
    guess; a mark says at which value the decision turns. Raises QuestionError for a pair that was not decided."""
    made = found.preference(weak, strong)
    bars = sorted((each for each in made.deciders if each.swing), key=lambda each: -_width(each))[:MOST_BARS]
    bars = [each for each in bars if _width(each) > THIN * _width(bars[0])]
    with style.canvas(ax, 7.8, 2.0 + 0.42 * max(len(bars), 1)) as axes:
        axes.axvline(0, color=palette.INK, linewidth=1.2, zorder=3)
        ends = [0.0, *(value for each in bars for value in each.swing)]
        room = 0.16 * (max(ends) - min(ends) or 1.0)
        for row, each in enumerate(bars):
            _bar(axes, row, each, room / LETTERS)
        axes.set_yticks(range(len(bars)), [style.name(each.input.name) for each in bars])
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlim(min(ends) - room, max(ends) + room)
        style.number_axis(axes.xaxis, 1.0)
        axes.grid(axis="x")
        axes.set_xlabel(f"what {style.name(strong)} saves ({found.unit})")
        style.heading(axes, _tornado_title(made), share=0.8)
    return axes


def _width(decider: Decider) -> float:
    return max(decider.swing) - min(decider.swing)


def _bar(ax: Axes, row: int, decider: Decider, letter: float) -> None:
    """The bar of `decider`, a number at each end, and where it turns; no word stands on the line of zero. A `letter` is
    about so wide."""
    low, high = min(decider.swing), max(decider.swing)
    ax.barh(row, high - low, left=low, height=0.5, color=palette.SKY, zorder=2)
    for value, side in ((low, "right"), (high, "left")):
        place = decider.input.range.low if value == decider.swing[0] else decider.input.range.high
        text = number_text(decider.input, place)
        shift, free = (-4, value) if side == "right" else (4, -value)
        at = 0.0 if 0.0 < free < letter * (len(text) + 1) else value
        ax.annotate(text, (at, row), (shift, 0), textcoords="offset points",
                    ha=side, va="center", fontsize=8, color=palette.GREY, bbox=UNDER)  # fmt: skip
    for value in decider.turns_at:
        ax.plot(0, row, "D", color=palette.VERMILLION, ms=6, zorder=4)
        shift, side = (4, "left") if high > -low else (-4, "right")
        ax.annotate(f"turns at {number_text(decider.input, value)}", (0, row), (shift, 9), textcoords="offset points",
                    ha=side, va="bottom", fontsize=8, color=palette.VERMILLION, bbox=UNDER)  # fmt: skip


def _tornado_title(made: Preference) -> str:
    turning = [each.input.name for each in made.deciders if each.turns_at]
    choice = f"the choice between {style.name(made.weak)} and {style.name(made.strong)}"
    if not turning:
        return f"no single input turns {choice}"
    if len(turning) == 1:
        return f"{style.name(turning[0], 24)} alone can turn {choice}"
    return f"{style.name(turning[0], 24)} and {len(turning) - 1} more can each turn {choice}"


def turning(found: Sensitivity, weak: str, strong: str, *, over: str | None = None, ax: Axes | None = None) -> Axes:
    """In which share of the draws `strong` costs less than `weak`, over the input called `over` (None: the one that is
    worth most to know), in groups of draws with their 95 % interval."""
    made = found.preference(weak, strong)
    decider = next((each for each in made.deciders if over in (None, each.input.name)), made.deciders[0])
    values = found.values[decider.input.name]
    numbers = [found.policies.index(name) for name in (weak, strong)]
    wins = found.costs[:, numbers[0]] > found.costs[:, numbers[1]]
    groups = np.array_split(np.argsort(values, kind="stable"), max(1, min(GROUPS, len(values) // GROUPS)))
    middles = [float(np.median(values[group])) for group in groups]
    shares = [wilson(int(wins[group].sum()), len(group)) for group in groups]
    with style.canvas(ax, 7.2, 3.8) as axes:
        axes.axhline(0.5, color=palette.GREY, linewidth=1, linestyle=(0, (4, 3)))
        bounds = [each.low for each in shares], [each.high for each in shares]
        axes.fill_between(middles, *bounds, color=palette.BLUE, alpha=0.2, linewidth=0)
        axes.plot(middles, [each.estimate for each in shares], "o-", color=palette.BLUE, ms=4)
        _marks(axes, decider)
        _input_axis(axes, decider.input)
        axes.set_ylim(-0.03, 1.05)
        style.share_axis(axes.yaxis)
        verb = "costs" if found.accounts.is_priced else "loses"
        axes.set_ylabel(f"draws in which {style.name(strong, 20)} {verb} less")
        axes.grid(axis="y")
        style.heading(axes, _turning_title(made, decider))
    return axes


def _marks(ax: Axes, decider: Decider) -> None:
    middle = float(decider.input.range.at(np.array([0.5]))[0])
    for value in decider.turns_at:
        ax.axvline(value, color=palette.VERMILLION, linewidth=1.4)
        shift, side = (5, "left") if value <= middle else (-5, "right")
        said = f"even at {number_text(decider.input, value)}, all else at its best guess"
        ax.annotate(said, (value, 1.0), (shift, -2), textcoords="offset points", va="top", ha=side, fontsize=8,
                    color=palette.VERMILLION)  # fmt: skip


def _input_axis(ax: Axes, given: NotKnown) -> None:
    found = given.range
    if found.shape == "log":
        ax.set_xscale("log")
        ticks = np.geomspace(found.low, found.high, 5)
    else:
        ticks = np.linspace(found.low, found.high, 5)
    ax.set_xlim(found.low, found.high)
    rounded = [float(f"{tick:.2g}") for tick in ticks]
    ax.set_xticks(rounded, [number_text(given, tick) for tick in rounded])
    ax.set_xticks([], minor=True)
    unit = {"frequency": " (a year)", "money": " (money)"}.get(kind_of(given.places[0]) or "", "")
    ax.set_xlabel(f"{style.name(given.name, 48)}{unit}")


def _turning_title(made: Preference, decider: Decider) -> str:
    share = percent(made.cheaper.estimate)
    beats = f"{style.name(made.strong)} beats {style.name(made.weak)} in {share} of draws"
    if not decider.turns_at:
        return beats
    value = number_text(decider.input, decider.turns_at[0])
    return f"{beats}, and turns where {style.name(decider.input.name, 24)} is {value}"


def annual_exceedance(found: Sensitivity, *, policies: tuple[str, ...] | None = None, ax: Axes | None = None) -> Axes:
    """How likely a year is to lose more than each sum, under two policies (None: the first and the last of the answer):
    a line at the best guesses, an inner band of sampling and an outer one of ignorance. Overlapping bands do not say
    that the decision is open; the title says the paired share. Raises QuestionError where no money is counted."""
    weak, strong = policies or (found.preferences[0].weak, found.preferences[-1].strong)
    bands = {name: exceedance_bands(found, name) for name in (weak, strong)}
    with style.canvas(ax, 7.4, 4.2) as axes:
        for place, (name, each) in enumerate(bands.items()):
            _band(axes, name, each, palette.COLOURS[place])
        top = max(float(each.losses[-1]) for each in bands.values())
        axes.set_xscale("symlog", linthresh=top / 300)
        axes.set_xlim(0, top)
        ticks = [0.0, *(top / 100 * factor for factor in (1, 10, 100))]
        axes.set_xticks(ticks, [style.number(float(f"{tick:.1g}")) for tick in ticks])
        axes.set_xticks([], minor=True)
        axes.set_ylim(-0.02, 1.02)
        style.share_axis(axes.yaxis)
        axes.set_xlabel(f"loss of a year, {found.accounts.currency} (log scale)")
        axes.set_ylabel("years that lose more")
        axes.grid(axis="y")
        style.heading(axes, _annual_title(found, weak, strong))
        style.legend_below(axes, 0.6, columns=2)
    return axes


def _band(ax: Axes, name: str, bands: Bands, colour: str) -> None:
    looks: dict[str, Any] = {"color": colour, "linewidth": 0, "step": "post"}
    label = style.name(name)
    ax.fill_between(bands.losses, *bands.ignorance, alpha=0.15, label=f"{label}: 9 draws in 10", **looks)
    ax.fill_between(bands.losses, *bands.sampling, alpha=0.4, **looks)
    ax.step(bands.losses, bands.best, where="post", color=colour, label=f"{label}: best guess, and its sampling")


def _annual_title(found: Sensitivity, weak: str, strong: str) -> str:
    lost = [found.losses[:, found.policies.index(name)] for name in (weak, strong)]
    differ = int((lost[0] != lost[1]).sum())
    share = float((lost[0] > lost[1]).sum() / differ) if differ else 0.0
    return f"{style.name(strong)} loses less than {style.name(weak)} in {percent(share)} of draws"
