"""Durations, rates and distributions as the scenario file writes them, read and written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from simkit.distributions import Distribution, Empirical, Exponential, Fixed, Lognormal, Uniform, Weibull
from simkit.errors import nearest

SECONDS: Mapping[str, Decimal] = {
    "y": Decimal(31536000),
    "w": Decimal(604800),
    "d": Decimal(86400),
    "h": Decimal(3600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("0.001"),
}
"""Seconds in each unit of a duration, longest first; a year has 365 days."""
PER: Mapping[str, Decimal] = {
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "w": Decimal(604800),
}
"""Seconds in each unit of a rate."""
LONGEST_YEARS = 2000
"""Durations beyond this are refused: engines hold no more than about 2,200 years."""

MOST_CHARACTERS = 400
"""The longest text of a duration or a rate: enough for any number that a computer holds."""

DURATION_PATTERN = (
    r"^(\d+(\.\d+)?y)?(\d+(\.\d+)?w)?(\d+(\.\d+)?d)?(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?(\d+(\.\d+)?ms)?$"
)
ISO_PATTERN = r"^P(\d+(\.\d+)?Y)?(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?(T(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?$"
RATE_PATTERN = r"^\d+(\.\d+)?/(s|min|h|d|w)$"

_DURATION = re.compile(DURATION_PATTERN, re.ASCII)
_ISO = re.compile(ISO_PATTERN, re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)([a-zA-Z]+)", re.ASCII)
_PERCENT = re.compile(r"p(\d{1,2}(?:\.\d{1,6})?)", re.ASCII)
_EXAMPLE = "such as 500ms, 15m, 1h30m or 27d"


class MisfitError(ValueError):
    """A value that does not fit; `at` leads from it to the part that is wrong, `key` if that part's key is."""

    def __init__(self, message: str, *at: str | int, key: bool = False) -> None:
        super().__init__(message)
        self.at = at
        self.key = key


def shown(value: object) -> str:
    """`value` as a message names it: short, and never the inside of a collection.

    >>> shown("no"), shown(None), shown({"a": 1})
    ("'no'", 'nothing', 'a mapping')
    """
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else text[:40] + "..." + text[-10:]


def duration(raw: object) -> float:
    """The seconds that `raw` stands for. Raises MisfitError.

    >>> duration("1h30m"), duration("PT1H"), duration("500ms")
    (5400.0, 3600.0, 0.5)
    """
    if isinstance(raw, str):
        return _seconds(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        mends = ", ".join(f"{shown(raw)}{unit}" for unit in ("s", "m", "h"))
        raise MisfitError(f"the duration {shown(raw)} has no unit: write {mends} or {shown(raw)}d")
    raise MisfitError(f"{shown(raw)} is not a duration: write a number and a unit, {_EXAMPLE}")


@lru_cache(maxsize=4096)
def _seconds(text: str) -> float:
    if text == "never":
        raise MisfitError(f"'never' is not possible here: write a duration, {_EXAMPLE}")
    if (
        len(text) > MOST_CHARACTERS
        or not text
        or not (_DURATION.match(text) or _ISO.match(text))
        or not text[-1].isalpha()
    ):
        raise MisfitError(_unreadable(text))
    iso = text.startswith("P")
    if iso and text[-1] in "PT":
        raise MisfitError(_unreadable(text))
    found = sum(
        (Decimal(number) * SECONDS[unit.lower()] for number, unit in _PART.findall(text.replace("T", " "))), Decimal(0)
    )
    if found > LONGEST_YEARS * SECONDS["y"]:
        raise MisfitError(f"the duration {shown(text)} is longer than {LONGEST_YEARS} years: write a shorter one")
    return float(found)


def _unreadable(text: str) -> str:
    if text.startswith("-"):
        return f"the duration {shown(text)} is negative: write one that is not"
    if text.startswith("P") and re.match(r"^P[\d.YWD]*M", text):
        return f"the duration {shown(text)} has months, which have no fixed length: write days"
    for _, unit in _PART.findall(text):
        if not text.startswith("P") and unit not in SECONDS:
            return f"{unit!r} in the duration {shown(text)} is not a unit: write ms, s, m, h, d, w or y"
    return f"{shown(text)} is not a duration: write numbers with units, longest first, {_EXAMPLE}"


def positive(raw: object) -> float:
    """As `duration`, and longer than nothing."""
    found = duration(raw)
    if found <= 0:
        raise MisfitError(f"the duration {shown(raw)} is zero: write one that is longer, {_EXAMPLE}")
    return found


def lifetime(raw: object) -> float:
    """As `positive`, and `never` is infinite."""
    return math.inf if raw == "never" else positive(raw)


SHARE_PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,12})?%$"


def bound(raw: object) -> float:
    """A number that is not negative, or a share such as `5%`. Raises MisfitError.

    >>> bound("5%"), bound(12)
    (0.05, 12.0)
    """
    if isinstance(raw, str) and re.match(SHARE_PATTERN, raw):
        return float(Decimal(raw[:-1]) / 100)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= 1e15:
        return float(raw)
    raise MisfitError(f"{shown(raw)} is not a bound: write a number from 0 on, or a share such as 5%")


SUM_PATTERN = r"^[0-9]+(\.[0-9]+)?[kM]$"
_MANY = {"k": Decimal(1000), "M": Decimal(1_000_000)}


def sum_of_money(raw: object) -> float:
    """A sum of money, also in thousands or millions. Raises MisfitError.

    >>> sum_of_money("1M"), sum_of_money("2.5k"), sum_of_money(300)
    (1000000.0, 2500.0, 300.0)
    """
    if isinstance(raw, str) and re.match(SUM_PATTERN, raw):
        return float(Decimal(raw[:-1]) * _MANY[raw[-1]])
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= 1e15:
        return float(raw)
    raise MisfitError(f"{shown(raw)} is no sum of money: write a number, or one like 250k or 1M")


def rate(raw: object) -> float:
    """Runs a second, from text like `40/d`. Raises MisfitError.

    >>> rate("30/min")
    0.5
    """
    if not isinstance(raw, str):
        raise MisfitError(f"{shown(raw)} is not a rate: write a number of runs and a unit of time, such as 40/d")
    return _per_second(raw)


@lru_cache(maxsize=4096)
def _per_second(text: str) -> float:
    number, slash, unit = text.partition("/")
    if not slash or len(text) > MOST_CHARACTERS or not re.fullmatch(r"\d+(\.\d+)?", number, re.ASCII):
        raise MisfitError(f"{shown(text)} is not a rate: write a number of runs and a unit of time, such as 40/d")
    if unit not in PER:
        raise MisfitError(f"{shown(unit)} in the rate {shown(text)} is not a unit of time: write s, min, h, d or w")
    found = float(Decimal(number) / PER[unit])
    if not 0 < found <= 1e6:
        raise MisfitError(f"the rate {shown(text)} is not above zero and at most a million a second: write another")
    return found


def distribution(raw: object) -> Distribution:
    """The distribution that `raw` stands for: a duration is fixed, else a mapping from its name. Raises MisfitError."""
    if not isinstance(raw, dict):
        return Fixed(duration(raw))
    if len(raw) != 1:
        raise MisfitError(f"a distribution has one name, this has {len(raw)}: write one of {', '.join(_READERS)}")
    name, given = next(iter(raw.items()))
    if name not in _READERS:
        raise MisfitError(f"no distribution is called {shown(name)}: {nearest(name, _READERS)}", name, key=True)
    return _READERS[name](given)


def _fields(name: str, given: object, keys: tuple[str, ...]) -> dict[str, Any]:
    """`given` if it is a mapping with exactly `keys`."""
    if not isinstance(given, dict):
        raise MisfitError(f"{name} is {shown(given)}: write a mapping with {' and '.join(keys)}", name)
    for key in given:
        if key not in keys:
            raise MisfitError(f"{name} has no key {shown(key)}: {nearest(key, keys)}", name, key, key=True)
    for key in keys:
        if key not in given:
            raise MisfitError(f"{name} needs `{key}`: add it", name)
    return given


def _part(read: Callable[[object], float], given: object, *at: str | int) -> float:
    """`read(given)`, and a misfit there is told to be `at`."""
    try:
        return read(given)
    except MisfitError as misfit:
        raise MisfitError(str(misfit), *at) from None


def _number(low: float, high: float) -> Callable[[object], float]:
    def read(raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high:
            raise MisfitError(f"{shown(raw)} is not a number from {low:g} to {high:g}: write one")
        return float(raw)

    return read


def _exponential(given: object) -> Distribution:
    return Exponential(_part(positive, _fields("exponential", given, ("mean",))["mean"], "exponential", "mean"))


def _lognormal(given: object) -> Distribution:
    if isinstance(given, dict) and given and all(isinstance(key, str) and key.startswith("p") for key in given):
        return _through_quantiles(given)
    fields = _fields("lognormal", given, ("median", "sigma"))
    median = _part(positive, fields["median"], "lognormal", "median")
    return Lognormal(median, _part(_number(0, 20), fields["sigma"], "lognormal", "sigma"))


def _through_quantiles(given: dict[str, object]) -> Distribution:
    points = []
    for key, raw in given.items():
        match = _PERCENT.fullmatch(key)
        if not match or not float(match[1]):
            raise MisfitError(f"{shown(key)} is not a quantile: write one from p1 to p99", "lognormal", key, key=True)
        points.append((float(Decimal(match[1]) / 100), _part(positive, raw, "lognormal", key)))
    points.sort()
    if len(points) != 2 or points[0][0] == points[1][0]:
        raise MisfitError("a lognormal needs two different quantiles, such as p20 and p50: write two", "lognormal")
    if points[0][1] >= points[1][1]:
        raise MisfitError("the higher quantile of a lognormal is not the longer duration: swap them", "lognormal")
    return _bounded(Lognormal.from_quantiles(*points))


def _bounded(made: Lognormal) -> Lognormal:
    if made.sigma > 20 or not 0 < made.median <= LONGEST_YEARS * float(SECONDS["y"]):
        raise MisfitError("the two quantiles make a lognormal too wide to draw from: bring them together", "lognormal")
    return made


def _weibull(given: object) -> Distribution:
    fields = _fields("weibull", given, ("shape", "scale"))
    shape = _part(_number(0.05, 1000), fields["shape"], "weibull", "shape")
    return Weibull(shape, _part(positive, fields["scale"], "weibull", "scale"))


def _uniform(given: object) -> Distribution:
    fields = _fields("uniform", given, ("low", "high"))
    low, high = (_part(duration, fields[key], "uniform", key) for key in ("low", "high"))
    if low > high:
        raise MisfitError(
            f"low {shown(fields['low'])} is above high {shown(fields['high'])}: swap them", "uniform", "low"
        )
    return Uniform(low, high)


def _empirical(given: object) -> Distribution:
    if not isinstance(given, list) or not given:
        raise MisfitError(f"empirical is {shown(given)}: write a list of durations, at least one", "empirical")
    return Empirical(tuple(_part(duration, raw, "empirical", index) for index, raw in enumerate(given)))


_READERS: Mapping[str, Callable[[object], Distribution]] = {
    "exponential": _exponential,
    "lognormal": _lognormal,
    "weibull": _weibull,
    "uniform": _uniform,
    "empirical": _empirical,
}


def duration_text(seconds: float | None) -> str:
    """`seconds` as the file writes them, exactly; None and infinity are `never`.

    >>> duration_text(5400.0), duration_text(0.25), duration_text(1296000.0)
    ('1h30m', '250ms', '15d')
    """
    if seconds is None or math.isinf(seconds):
        return "never"
    text = _rounded(Decimal(str(seconds)))
    return text if duration(text) == seconds else f"{Decimal(str(seconds)):f}s"


def _rounded(left: Decimal) -> str:
    """The longest units first, without weeks and years, which people read less well than days."""
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count = left // SECONDS[unit]
        if count:
            parts.append(f"{count:f}{unit}")
            left -= count * SECONDS[unit]
    return "".join(parts) or "0s"


def rate_text(per_second: float) -> str:
    """`per_second` as the file writes rates, exactly, in the unit that makes it the shortest round number.

    >>> rate_text(40 / 86400), rate_text(0.5)
    ('40/d', '30/min')
    """
    for digits in (0, 2):
        counts = {unit: round(Decimal(str(per_second)) * PER[unit], digits) for unit in ("d", "h", "min", "s", "w")}
        texts = [f"{count.normalize():f}/{unit}" for unit, count in counts.items() if 0 < count < 10**6]
        exact = [text for text in texts if _per_second(text) == per_second]
        if exact:
            return min(exact, key=lambda text: text.index("/"))
    return f"{Decimal(str(per_second)):f}/s"


def distribution_value(made: Distribution) -> Any:
    """`made` as the file writes it: text or a mapping. Raises TypeError for a kind that the format does not have."""
    match made:
        case Fixed(seconds):
            return duration_text(seconds)
        case Exponential(average):
            return {"exponential": {"mean": duration_text(average)}}
        case Lognormal(median, sigma):
            return {"lognormal": {"median": duration_text(median), "sigma": sigma}}
        case Weibull(shape, scale):
            return {"weibull": {"shape": shape, "scale": duration_text(scale)}}
        case Uniform(low, high):
            return {"uniform": {"low": duration_text(low), "high": duration_text(high)}}
        case Empirical(values):
            return {"empirical": [duration_text(value) for value in values]}
    raise TypeError(f"{type(made).__name__} has no form in the scenario file: use one of {', '.join(_READERS)}")
