"""Durations as random variables, drawn by table so that every machine draws the same milliseconds.

A 32-bit word picks a place between 2 x 513 knots that lie twice as dense with every halving of the tail, on both
sides of the median; between two knots the draw is linear in integers. Knots are computed with `decimal`, whose
results are correctly rounded and the same on every machine; floating-point `exp` and `log` are not. Against the exact
quantile a draw is off by at most 2 ms plus 0.05 % for an exponential, a uniform or a lognormal of sigma 1, and plus
0.75 % for the widest laws in use (a lognormal of sigma 4.6, a Weibull of shape 0.27), down to chances of 2**-32.
"""

from __future__ import annotations

import bisect
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, getcontext, localcontext
from functools import lru_cache
from itertools import accumulate, pairwise
from math import comb

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
"""In seconds."""
TICKS_PER_SECOND = 1000
"""Engines count milliseconds."""
FOREVER = 1 << 62
"""Later than any moment, in ticks."""
LONGEST = 1 << 46
"""The longest duration that is drawn, in ticks: about 2,200 years."""

CELLS_PER_OCTAVE = 16
KNOTS = 32 * CELLS_PER_OCTAVE + 1
HALVINGS = 50
"""So fine is the chance that is found for each of several: far finer than a 32-bit word."""

_CONTEXT = Context(prec=20)


def ticks(seconds: float | None) -> int:
    """Whole milliseconds of `seconds`; None and infinity are `FOREVER`.

    >>> ticks(1.5), ticks(None) == FOREVER
    (1500, True)
    """
    if seconds is None or seconds * TICKS_PER_SECOND >= LONGEST:
        return FOREVER
    return round(seconds * TICKS_PER_SECOND)


class Distribution(ABC):
    """How long something takes, in seconds."""

    __slots__ = ()

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expected value in seconds."""

    @abstractmethod
    def quantiles(self) -> list[Decimal]:
        """The quantiles in seconds at `knots()`, in their order."""


@dataclass(frozen=True, slots=True)
class Fixed(Distribution):
    """Always `seconds`."""

    seconds: float

    @property
    def mean(self) -> float:
        return self.seconds

    def quantiles(self) -> list[Decimal]:
        return [Decimal(self.seconds)] * (2 * KNOTS)


@dataclass(frozen=True, slots=True)
class Exponential(Distribution):
    """The wait for an event that comes once in `average` seconds, without memory."""

    average: float

    @property
    def mean(self) -> float:
        return self.average

    def quantiles(self) -> list[Decimal]:
        average = Decimal(self.average)
        return [average * e for e in _standard_exponential()]


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    """exp of a normal: `median` in seconds, `sigma` the standard deviation of the logarithm."""

    median: float
    sigma: float

    @classmethod
    def from_quantiles(cls, first: tuple[float, float], second: tuple[float, float]) -> Lognormal:
        """The lognormal through two (chance, seconds) points.

        >>> Lognormal.from_quantiles((0.2, 3600), (0.5, 172800)).sigma  # facts: access to exfiltration, Unit 42
        4.5997
        """
        with localcontext(_CONTEXT):
            (p, x), (q, y) = sorted([first, second])
            zp, zq = _normal_quantile(Decimal(str(p))), _normal_quantile(Decimal(str(q)))
            sigma = (Decimal(y).ln() - Decimal(x).ln()) / (zq - zp)
            median = (Decimal(y).ln() - sigma * zq).exp()
        return cls(float(round(median, 6)), float(round(sigma, 4)))

    @property
    def mean(self) -> float:
        with localcontext(_CONTEXT):
            return float(Decimal(self.median) * (Decimal(self.sigma) ** 2 / 2).exp())

    def quantiles(self) -> list[Decimal]:
        median, sigma = Decimal(self.median), Decimal(self.sigma)
        return [median * (sigma * z).exp() for z in _standard_normal()]


@dataclass(frozen=True, slots=True)
class Weibull(Distribution):
    """`scale` seconds times a standard exponential to the power 1 / `shape`; a shape below 1 has a heavy tail."""

    shape: float
    scale: float

    @property
    def mean(self) -> float:
        import math

        return self.scale * math.gamma(1 + 1 / self.shape)

    def quantiles(self) -> list[Decimal]:
        scale, power = Decimal(self.scale), 1 / Decimal(self.shape)
        return [scale * (e.ln() * power).exp() for e in _standard_exponential()]


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Anything from `low` to `high` seconds."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    def quantiles(self) -> list[Decimal]:
        low, width = Decimal(self.low), Decimal(self.high) - Decimal(self.low)
        return [low + width * u for u in knots()]


@dataclass(frozen=True, slots=True)
class Empirical(Distribution):
    """Linear between observed `values` (seconds), each as likely as the next."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(self.values) / len(self.values)

    def quantiles(self) -> list[Decimal]:
        values = sorted(Decimal(value) for value in self.values)
        places = [Decimal(2 * i + 1) / (2 * len(values)) for i in range(len(values))]
        return [_between(places, values, u) for u in knots()]


@dataclass(frozen=True, slots=True)
class Geometric(Distribution):
    """The wait for the first of further tries that works, one each `period` seconds, each with `chance`.

    It is a whole number of periods at each knot; up to one draw in 64 lies between two of them.
    """

    period: float
    chance: float

    @property
    def mean(self) -> float:
        return self.period / self.chance

    def quantiles(self) -> list[Decimal]:
        period, each = Decimal(self.period), (1 - Decimal(self.chance)).ln()
        tries = (((1 - u).ln() / each).to_integral_value(ROUND_CEILING) for u in knots())
        return [period * max(count, Decimal(1)) for count in tries]


@dataclass(frozen=True, slots=True)
class InTurn(Distribution):
    """`first`, and `then` another thing: one draw decides both, so that where both vary long goes with long."""

    first: Distribution
    then: Distribution

    @property
    def mean(self) -> float:
        return self.first.mean + self.then.mean

    def quantiles(self) -> list[Decimal]:
        return [one + other for one, other in zip(self.first.quantiles(), self.then.quantiles(), strict=True)]


@dataclass(frozen=True, slots=True)
class KthOf(Distribution):
    """The `k`-th of `n` independent things that each take `each`: k of them are there by u with the binomial chance."""

    each: Distribution
    k: int
    n: int

    @property
    def mean(self) -> float:
        with localcontext(_CONTEXT):
            table = dict(zip(knots(), self.quantiles(), strict=True))
            places = sorted(table)
            steps = [(v - u) * (table[u] + table[v]) / 2 for u, v in pairwise(places)]
            return float(sum(steps, places[0] * table[places[0]] + (1 - places[-1]) * table[places[-1]]))

    def quantiles(self) -> list[Decimal]:
        if isinstance(self.each, Fixed) or self.n == 1:
            return self.each.quantiles()
        places, values = zip(*sorted(zip(knots(), self.each.quantiles(), strict=True)), strict=True)
        chances = _chances_of_each(self.k, self.n, getcontext().prec)
        return [_between(list(places), list(values), chance) for chance in chances]


@lru_cache(maxsize=64)
def _chances_of_each(k: int, n: int, _digits: int) -> tuple[Decimal, ...]:
    """`_chance_of_each` of every knot, to so many digits: those in force, which a call cannot choose."""
    return tuple(_chance_of_each(u, k, n) for u in knots())


def _chance_of_each(u: Decimal, k: int, n: int) -> Decimal:
    """The chance of one, so that at least `k` of `n` come with the chance `u`: by halving, as far as digits go."""
    low, high = Decimal(0), Decimal(1)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rest = 1 - middle
        reached = sum((comb(n, i) * middle**i * rest ** (n - i) for i in range(k, n + 1)), Decimal(0))
        low, high = (middle, high) if reached < u else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class Residual(Distribution):
    """What is left of `whole` at a uniformly random moment inside it.

    Something that is met while it lasts is met in proportion to its length, so its rest has the density (1 - F(x)) /
    mean, where F is the distribution of the whole (the equilibrium distribution of renewal theory; Cox, Renewal
    Theory, 1962). F is taken as it is drawn: linear between the knots of its table.
    """

    whole: Distribution

    @property
    def mean(self) -> float:
        with localcontext(_CONTEXT):
            middles = [Decimal(place) / 1000 for place in range(1, 1000, 2)]
            return float(sum(_places(middles, self._pieces()), Decimal(0)) / len(middles))

    def quantiles(self) -> list[Decimal]:
        return _places(list(knots()), self._pieces())

    def _pieces(self) -> list[tuple[Decimal, Decimal, Decimal, Decimal]]:
        """Where each piece of the whole begins, how long it is, the chance to last until then, and how much of that is
        lost in it."""
        chances, values = zip(*sorted(zip(knots(), self.whole.quantiles(), strict=True)), strict=True)
        first = (Decimal(0), values[0], Decimal(1), Decimal(0))
        pairs = zip(pairwise(values), pairwise(chances), strict=True)
        return [first, *((x, y - x, 1 - u, v - u) for (x, y), (u, v) in pairs)]


def _places(chances: list[Decimal], pieces: list[tuple[Decimal, Decimal, Decimal, Decimal]]) -> list[Decimal]:
    """The quantiles at `chances` of a rest whose survival is given by `pieces`, in their order."""
    areas = [length * (lasting - lost / 2) for _, length, lasting, lost in pieces]
    before = [Decimal(0), *accumulate(areas)]
    return [_inside(chance * before[-1], before, pieces) for chance in chances]


def _inside(area: Decimal, before: list[Decimal], pieces: list[tuple[Decimal, Decimal, Decimal, Decimal]]) -> Decimal:
    """How far to the right the survival has covered `area`: the root of a quadratic in one piece."""
    number = min(max(bisect.bisect_left(before, area) - 1, 0), len(pieces) - 1)
    begin, length, lasting, lost = pieces[number]
    rest = area - before[number]
    if not length or not lasting:
        return begin
    if not lost:
        return begin + rest / lasting
    inner = max(lasting * lasting - 2 * lost * rest / length, Decimal(0))
    return begin + length * min((lasting - inner.sqrt()) / lost, Decimal(1))


def _between(places: list[Decimal], values: list[Decimal], u: Decimal) -> Decimal:
    after = bisect.bisect_left(places, u)
    if after in (0, len(places)):
        return values[min(after, len(values) - 1)]
    share = (u - places[after - 1]) / (places[after] - places[after - 1])
    return values[after - 1] + share * (values[after] - values[after - 1])


@lru_cache(maxsize=1)
def knots() -> tuple[Decimal, ...]:
    """The chances at which tables hold quantiles: 513 from the lower tail to the median, 513 from the upper tail."""
    with localcontext(_CONTEXT):
        lower = []
        for octave in range(33):
            cells = CELLS_PER_OCTAVE if octave < 32 else 1
            start = Decimal(1 << (octave - 1)) if octave else Decimal(0)
            for cell in range(cells):
                lower.append((start + start * cell / CELLS_PER_OCTAVE + Decimal("0.5")) / (1 << 32))
        return (*lower, *(1 - u for u in lower))


@lru_cache(maxsize=4096)
def quantile_table(distribution: Distribution) -> tuple[int, ...]:
    """The 2 x 513 knots of `distribution`, in ticks."""
    with localcontext(_CONTEXT):
        found = [seconds * TICKS_PER_SECOND for seconds in distribution.quantiles()]
        if min(found) < 0 or max(found) > LONGEST:
            found = [min(max(value, Decimal(0)), Decimal(LONGEST)) for value in found]
        return tuple([int(value.to_integral_value()) for value in found])


def draw(table: tuple[int, ...], word: int) -> int:
    """The duration in ticks that the 32-bit `word` picks from a quantile table.

    >>> draw(quantile_table(Uniform(0, 100)), 1 << 30)
    25000
    """
    upper = word >> 31
    # octaves are counted from the end of the tail: rare durations have as many knots for each halving as common ones
    tail = (1 << 32) - 1 - word if upper else word
    octave = tail.bit_length()
    # without its leading one the word is a place in its octave: four bits choose the cell, the next sixteen where in it
    fraction = (tail << (32 - octave)) & 0x7FFFFFFF if octave else 0
    cell = upper * KNOTS + octave * CELLS_PER_OCTAVE + (fraction >> 27)
    left, right = table[cell], table[cell + 1]
    return left + ((right - left) * ((fraction >> 11) & 0xFFFF) >> 16)


@lru_cache(maxsize=1)
def _standard_exponential() -> tuple[Decimal, ...]:
    with localcontext(_CONTEXT):
        return tuple(-(1 - u).ln() for u in knots())


@lru_cache(maxsize=1)
def _standard_normal() -> tuple[Decimal, ...]:
    with localcontext(_CONTEXT):
        return tuple(_normal_quantile(u) for u in knots())


# Wichura (1988), Algorithm AS 241, PPND16: coefficients of the three rational approximations, highest power first.
_CENTRE = (
    "2509.0809287301226727 33430.575583588128105 67265.770927008700853 45921.953931549871457 13731.693765509461125 "
    "1971.5909503065514427 133.14166789178437745 3.387132872796366608",
    "5226.495278852545925 28729.085735721942674 39307.89580009271061 21213.794301586595867 5394.1960214247511077 "
    "687.1870074920579083 42.313330701600911252 1",
)
_TAIL = (
    "7.7454501427834140764e-4 0.0227238449892691845833 0.24178072517745061177 1.27045825245236838258 "
    "3.64784832476320460504 5.7694972214606914055 4.6303378461565452959 1.42343711074968357734",
    "1.05075007164441684324e-9 5.475938084995344946e-4 0.0151986665636164571966 0.14810397642748007459 "
    "0.68976733498510000455 1.6763848301838038494 2.05319162663775882187 1",
)
_FAR_TAIL = (
    "2.01033439929228813265e-7 2.71155556874348757815e-5 0.0012426609473880784386 0.026532189526576123093 "
    "0.29656057182850489123 1.7848265399172913358 5.4637849111641143699 6.6579046435011037772",
    "2.04426310338993978564e-15 1.4215117583164458887e-7 1.8463183175100546818e-5 7.868691311456132591e-4 "
    "0.0148753612908506148525 0.13692988092273580531 0.59983220655588793769 1",
)


def _polynomial(coefficients: str, x: Decimal) -> Decimal:
    value = Decimal(0)
    for coefficient in coefficients.split():
        value = value * x + Decimal(coefficient)
    return value


def _normal_quantile(p: Decimal) -> Decimal:
    q = p - Decimal("0.5")
    if abs(q) <= Decimal("0.425"):
        r = Decimal("0.180625") - q * q
        return q * _polynomial(_CENTRE[0], r) / _polynomial(_CENTRE[1], r)
    r = (-(min(p, 1 - p).ln())).sqrt()
    pair, shift = (_TAIL, Decimal("1.6")) if r <= 5 else (_FAR_TAIL, Decimal(5))
    value = _polynomial(pair[0], r - shift) / _polynomial(pair[1], r - shift)
    return value.copy_sign(q)
