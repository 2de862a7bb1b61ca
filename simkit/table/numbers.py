"""How numbers, shares and durations are written, everywhere."""

from __future__ import annotations

import math
import re

MISSING = "-"
"""What stands for a value that does not exist."""

_REMARK = re.compile(r" \([a-z]+(?: [a-z]+)*\)$")

_QUANTITY = re.compile(r"[\d.,]+(e[+-]?\d+)?(?: (?:ms|s|min|h|d|y)\b| ?%)?")
_BETWEEN = re.compile(r"[ <>~+\-±\[\](),]|\bto\b|\bof\b")

_UNITS = (("y", 31_536_000), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def format_number(value: float) -> str:
    """`value` as people read it: whole numbers in full, others with 3 significant digits.

    >>> [format_number(x) for x in (12345, 12345.6, 0.012345, 0.0, 3.2e-9, 5e20)]
    ['12,345', '12,300', '0.0123', '0', '3.2e-09', '5e+20']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return "n/a" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    rounded = float(f"{value:.3g}")
    if rounded == 0:
        return "0"
    if not 1e-4 <= abs(rounded) < 1e15:
        return f"{rounded:.3g}"
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded))))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def without_remark(text: str) -> str:
    """`text`, a number as it is written, without the words in brackets behind it.

    >>> without_remark("0 % [0 %, 0.383 %] (worst case)")
    '0 % [0 %, 0.383 %]'
    """
    return _REMARK.sub("", text)


def is_quantity(text: str) -> bool:
    """True for a number, a share, a duration, an interval of them or a part of a whole, with a remark or not.

    >>> [is_quantity(text) for text in ("-118 [-119, -118]", "3 of 5", "no difference", "s3-bucket")]
    [True, True, False, False]
    """
    rest, found = _QUANTITY.subn("", without_remark(text))
    return found > 0 and not _BETWEEN.sub("", rest)


def percent(share: float | None) -> str:
    """`share` (1.0 is all) in per cent; what is not all never reads as all.

    >>> [percent(x) for x in (0.0, 0.12345, 0.9999, 1.0, None)]
    ['0 %', '12.3 %', '>99.9 %', '100 %', '-']
    """
    if share is None or math.isnan(share):
        return MISSING
    if 0.9995 <= share < 1:
        return ">99.9 %"
    return f"{format_number(share * 100.0)} %"


def duration(seconds: float | None) -> str:
    """`seconds` in its two largest units, rounded to the smaller one; None and infinity are `never`.

    >>> [duration(x) for x in (12000, 0.25, 1.5, 80, 3599.7, 27 * 86400, None)]
    ['3 h 20 min', '250 ms', '1.5 s', '1 min 20 s', '1 h', '27 d', 'never']
    """
    if seconds is None or seconds == math.inf:
        return "never"
    if math.isnan(seconds):
        return MISSING
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.9995:
        return f"{format_number(seconds * 1000.0)} ms" if seconds else "0 s"
    if seconds < 59.95:
        return f"{format_number(float(seconds))} s"
    return _two_units(seconds)


def _two_units(seconds: float) -> str:
    """The larger unit first. Rounding may carry into it: 59 min 59.7 s is 1 h."""
    at = next(index for index, (_, size) in enumerate(_UNITS) if seconds >= size or index == len(_UNITS) - 1)
    smaller = _UNITS[min(at + 1, len(_UNITS) - 1)][1]
    whole = math.floor(seconds / smaller + 0.5) * smaller
    at = next(index for index, (_, size) in enumerate(_UNITS) if whole >= size)
    parts = []
    for unit, size in _UNITS[at : at + 2]:
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count:,} {unit}")
    return " ".join(parts)
