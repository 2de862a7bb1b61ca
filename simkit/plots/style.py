"""The one style of all pictures: colours, sizes, axes of time and value, and files whose bytes are always the same."""

from __future__ import annotations

import io
import math
import os
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.diagram import palette
from simkit.distributions import DAY, HOUR, MINUTE
from simkit.errors import QuestionError, nearest
from simkit.table import duration, format_number, printable, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")

DOTS_PER_INCH = 100
RULES: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": palette.GREY,
    "axes.grid": False,
    "axes.labelcolor": palette.INK,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "figure.constrained_layout.h_pad": 0.09,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.09,
    "figure.dpi": DOTS_PER_INCH,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": palette.PALE,
    "grid.linewidth": 0.8,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "text.color": palette.INK,
    "text.parse_math": False,
    "xtick.color": palette.GREY,
    "xtick.labelcolor": palette.INK,
    "xtick.labelsize": 9,
    "ytick.color": palette.GREY,
    "ytick.labelcolor": palette.INK,
    "ytick.labelsize": 9,
}
"""matplotlib's settings while a picture is made. Names may hold `$`: nothing is read as mathematics."""

FORMATS = ("png", "svg", "pdf")
LONGEST_NAME = 34
LONGEST_IN_COLUMNS = 36
"""Characters of a legend's longest label from which it has one column."""
_LARGE = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"))
_CLOCK = (1.0, MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY, 10.0, 10 * MINUTE, 6 * HOUR, 0.1, 0.01, 1e-3)
_FINE_CLOCK = (2.0, 5.0, 30.0, 2 * MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 12 * HOUR, 2 * DAY, 90 * DAY)
"""Moments that people count in, those that a picture names first, first."""
_TICK_ROOM = 0.11
"""The least share of an axis of time between two ticks."""
_ASKED_ROOM = 0.075
"""The same where it was said where the ticks belong."""
_UNIT = re.compile(r"(?<=\d) (?=(?:%|ms|s|min|h|d|y|M|bn|tn)\b|%)|(?<=\d (?:d|h|y)) (?=\d)|(?<=\d min) (?=\d)")
_KEPT = "\u00a0"
"""A space at which no line ends."""


@contextmanager
def canvas(ax: Axes | None, width: float, height: float) -> Iterator[Axes]:
    """`ax`, or a new one of `width` x `height` inches, while simkit's style is in force."""
    with _in_force(RULES):
        if ax is not None:
            yield ax
            return
        from matplotlib import pyplot

        yield pyplot.subplots(figsize=(width, height))[1]


@contextmanager
def panels(count: int, width: float, height: float) -> Iterator[list[Axes]]:
    """As `canvas`, `count` new axes side by side, which share what they show upward."""
    with _in_force(RULES):
        from matplotlib import pyplot

        yield list(pyplot.subplots(1, count, figsize=(width, height), sharey=True)[1])


@contextmanager
def _in_force(rules: Mapping[str, Any]) -> Iterator[None]:
    """Set `rules` for a while. Not matplotlib's `rc_context`: that would undo, too, what a notebook's backend sets when
    it starts with the first picture, and no later picture would show."""
    import matplotlib as mpl

    settings: Any = mpl.rcParams
    before = {name: settings[name] for name in rules}
    settings.update(rules)
    try:
        yield
    finally:
        settings.update(before)


def save(ax: Axes, file: str | os.PathLike[str]) -> None:
    """Write the figure of `ax` to `file` (.png, .svg or .pdf): the same picture gives the same bytes.

    Raises QuestionError for another ending, and InputError where the file cannot be written.
    """
    from simkit.files import write

    ending = Path(file).suffix.lstrip(".").lower()
    if ending not in FORMATS:
        raise QuestionError(f"a picture cannot be written as {ending!r}: {nearest(ending, FORMATS)}")
    write(file, rendered(ax, ending))


def rendered(ax: Axes, ending: str) -> bytes:
    """The figure of `ax` as the bytes of a file in a format of `FORMATS`: always the same for the same picture."""
    figure: Any = ax.get_figure(root=True)
    bytes_ = io.BytesIO()
    # a date, a version or a random id would make each file another one
    nothing = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    with _in_force({**RULES, "svg.hashsalt": "simkit", "svg.fonttype": "path"}), warnings.catch_warnings():
        # a name in a script that the font lacks is drawn as boxes; the tables beside the picture write it out
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(bytes_, format=ending, dpi=DOTS_PER_INCH, metadata=nothing[ending])
    return bytes_.getvalue()


def name(text: str, most: int = LONGEST_NAME) -> str:
    """A name as a picture shows it: printable, no longer than `most` places; alike names often differ at their ends."""
    return shorten(printable(text), most, tail=most // 3)


def number(value: float) -> str:
    """`value` as a picture writes it: from a million on in M, bn (10^9) or tn (10^12).

    >>> [number(x) for x in (0.012345, 119.0, 75_800_000_000.0, -2.5e6)]
    ['0.0123', '119', '75.8 bn', '−2.5 M']
    """
    size, unit = next(((size, f" {unit}") for size, unit in _LARGE if abs(value) >= size), (1.0, ""))
    return f"{format_number(float(value) / size)}{unit}".replace("-", "−")


def heading(ax: Axes, text: str, *, share: float = 1.0, above: float = 0.0) -> None:
    """The title of `ax`, in as many lines as it needs in this `share` of the width of the axes, `above` them in points
    (0: as far as titles are)."""
    per_inch = 10.5  # letters of the title's size and weight
    width = int(share * ax.bbox.width / ax.get_figure(root=True).dpi * per_inch)  # type: ignore[union-attr]
    lines = _balanced(_UNIT.sub(_KEPT, text), max(width, 20))
    ax.set_title("\n".join(lines).replace(_KEPT, " "), parse_math=False, pad=above or None)


def _balanced(text: str, width: int) -> list[str]:
    """`text` in as few lines of at most `width` letters as it takes, about as long as each other."""
    lines = textwrap.wrap(text, width, break_on_hyphens=False)
    narrower = (textwrap.wrap(text, at, break_on_hyphens=False) for at in range(len(text) // len(lines), width))
    return next((found for found in narrower if len(found) == len(lines)), lines)


def clock_axis(ax: Axes, low: float, high: float, *, at: Sequence[float] = ()) -> None:
    """Make x a logarithmic axis of time from `low` to `high` (seconds), with ticks at the moments `at` as far as
    there is room; where there are none, where people would put them."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ticks = sorted(_moments(low, high, at))
    ax.set_xticks(ticks, [duration(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("time since the attack began (log scale)")


def _moments(low: float, high: float, at: Sequence[float] = ()) -> list[float]:
    found, room = list[float](), _ASKED_ROOM if at else _TICK_ROOM
    for tick in at or (*_CLOCK, *_FINE_CLOCK):
        gaps = (abs(math.log(tick / other)) / math.log(high / low) for other in found)
        if low <= tick <= high and all(gap >= room for gap in gaps):
            found.append(tick)
    return found


def legend_below(ax: Axes, inches: float, *given: Any, columns: int, **looks: Any) -> None:
    """A legend that many `inches` below `ax`, whatever the height of the picture."""
    marks, words = given or ax.get_legend_handles_labels()
    if max((len(word) for word in words), default=0) > LONGEST_IN_COLUMNS:
        columns = 1
    words = [textwrap.fill(word, 82, break_on_hyphens=False, subsequent_indent="   ") for word in words]
    looks = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), **looks}
    below = ax.transAxes + moved(ax, 0, -inches)
    ax.legend(marks, words, bbox_transform=below, ncols=columns, borderaxespad=0.0, **looks)


def moved(ax: Axes, right: float, up: float) -> Any:
    """A transform that moves by so many inches, whatever the size of the picture."""
    from matplotlib.transforms import ScaledTranslation

    figure: Any = ax.get_figure(root=True)
    return ScaledTranslation(right, up, figure.dpi_scale_trans)


def whiskers(estimate: float, low: float, high: float) -> list[list[float]]:
    """How far the whiskers reach below and above `estimate`; no loss is below zero, and rounding makes no length."""
    return [[max(0.0, estimate - max(low, 0.0))], [max(0.0, high - estimate)]]


def wide_range(values: Sequence[float], most: float = 50.0) -> float | None:
    """The smallest power of ten below all positive `values` if they span more than `most` to one, else None."""
    positive = [value for value in values if value > 0 and math.isfinite(value)]
    if not positive or max(positive) <= most * min(positive):
        return None
    return 10.0 ** math.floor(math.log10(min(positive)))


def value_axis(ax: Axes, values: Sequence[float], label: str) -> None:
    """Make x fit `values` from zero: linear, or logarithmic (with a zero) where most of them would be a blur."""
    least = wide_range(values)
    top = max([value for value in values if value > 0], default=0.0)
    if least is None:
        ax.set_xlim(-0.02 * (top or 1.0), 1.04 * (top or 1.0))
        number_axis(ax.xaxis, top)
        ax.set_xlabel(label)
        return
    ax.set_xscale("symlog", linthresh=least, linscale=0.6)
    ax.set_xlim(-0.12 * least, 1.5 * top)
    ticks = [0.0]
    while least <= 1.5 * top:
        ticks.append(least)
        least *= 10
    ax.set_xticks(ticks, [number(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel(f"{label} (log scale)")


def number_axis(axis: Any, top: float) -> None:
    """Write the ticks of `axis` as numbers; where there is nothing above zero, zero is the only one."""
    _few_ticks(axis)
    axis.set_major_formatter(lambda value, _: number(float(value)))
    if top <= 0:
        axis.set_ticks([0.0])


def loss_axis(ax: Axes, top: float, label: str, below: float = 0.0) -> None:
    """Make y fit losses of up to `top`, with room for marks `below` zero (a share of the height)."""
    height = top if top > 0 else 1.0
    ax.set_ylim(-below * height, 1.08 * height)
    number_axis(ax.yaxis, top)
    ax.set_ylabel(label)
    if top <= 0:
        nothing_lost(ax)


def nothing_lost(ax: Axes) -> None:
    """Say so, where a picture of losses has none to show."""
    looks: dict[str, Any] = {"transform": ax.transAxes, "ha": "center", "va": "center", "color": palette.GREY}
    ax.text(0.5, 0.5, "nothing is lost in any trial", **looks)


def share_axis(axis: Any) -> None:
    """Write the ticks of `axis` in per cent."""
    _few_ticks(axis)
    axis.set_major_formatter(lambda value, _: f"{format_number(round(float(value) * 100, 6))} %")


def _few_ticks(axis: Any) -> None:
    """At most seven ticks, at round numbers. matplotlib would count them by the height of the axes, which its layout
    sets by the width of the labels, which the count decides: each drawing of the same picture could differ."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
