"""The one style of all pictures: colours, sizes, axes of time and value, and files whose bytes are always the same."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.drawing import palette
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
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_CLOCK = (1.0, _MINUTE, _HOUR, _DAY, 7 * _DAY, 30 * _DAY, 365 * _DAY, 10.0, 10 * _MINUTE, 6 * _HOUR, 0.1, 0.01, 1e-3)
_FINE_CLOCK = (2.0, 5.0, 30.0, 2 * _MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 12 * _HOUR, 2 * _DAY, 90 * _DAY)
"""Moments that people count in, those that a picture names first, first."""
_TICK_ROOM = 0.11
"""The least share of an axis of time between two ticks."""


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
    figure: Any = ax.get_figure(root=True)
    bytes_ = io.BytesIO()
    # a date, a version or a random id would make each file another one
    nothing = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    with _in_force({**RULES, "svg.hashsalt": "simkit", "svg.fonttype": "path"}):
        figure.savefig(bytes_, format=ending, dpi=DOTS_PER_INCH, metadata=nothing[ending])
    write(file, bytes_.getvalue())


def name(text: str, most: int = LONGEST_NAME) -> str:
    """A name as a picture shows it: printable, and no longer than `most` places."""
    return shorten(printable(text), most)


def clock_axis(ax: Axes, low: float, high: float) -> None:
    """Make x a logarithmic axis of time from `low` to `high` (seconds), with ticks where people would put them."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ticks = sorted(_moments(low, high))
    ax.set_xticks(ticks, [duration(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("time since the attack began (log scale)")


def _moments(low: float, high: float) -> list[float]:
    found: list[float] = []
    for tick in (*_CLOCK, *_FINE_CLOCK):
        gaps = (abs(math.log(tick / other)) / math.log(high / low) for other in found)
        if low <= tick <= high and all(gap >= _TICK_ROOM for gap in gaps):
            found.append(tick)
    return found


def legend_below(ax: Axes, inches: float, *given: Any, columns: int, **looks: Any) -> None:
    """A legend that many `inches` below `ax`, whatever the height of the picture."""
    from matplotlib.transforms import ScaledTranslation

    figure = ax.get_figure(root=True)
    if figure is None:
        return
    below = ax.transAxes + ScaledTranslation(0, -inches, figure.dpi_scale_trans)
    looks = {"loc": "upper left", "bbox_to_anchor": (0.0, 0.0), **looks}
    ax.legend(*given, bbox_transform=below, ncols=columns, borderaxespad=0.0, **looks)


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
    top = max([value for value in values if value > 0], default=1.0)
    if least is None:
        ax.set_xlim(-0.02 * top, 1.04 * top)
        ax.xaxis.set_major_formatter(lambda value, _: format_number(float(value)))
        ax.set_xlabel(label)
        return
    ax.set_xscale("symlog", linthresh=least, linscale=0.6)
    ax.set_xlim(-0.12 * least, 1.5 * top)
    ticks = [0.0]
    while least <= 1.5 * top:
        ticks.append(least)
        least *= 10
    ax.set_xticks(ticks, [format_number(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel(f"{label} (log scale)")


def share_axis(axis: Any) -> None:
    """Write the ticks of `axis` in per cent."""
    axis.set_major_formatter(lambda value, _: f"{format_number(round(float(value) * 100, 6))} %")
