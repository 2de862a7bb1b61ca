"""Quantile tables of laws that differ in their scale alone: as `simkit.distributions` has them, and far sooner.

A large estate asks for hundreds of tables, and draws of a mean for a thousand, each of a thousand products of decimals.
Where floats round to the same tick as decimals, they are trusted; where they come too near to half a tick, the decimals
decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Context, Decimal, localcontext
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simkit.distributions import (
    FOREVER,
    LONGEST,
    TICKS_PER_SECOND,
    Distribution,
    Exponential,
    Fixed,
    Lognormal,
    Weibull,
    quantile_table,
    ticks,
)

DIGITS = 20
"""As in `simkit.distributions`: a product of two decimals is rounded to so many."""
FLOAT_ERROR = 1e-14
"""More than two products of floats are off by, as a share: each rounds to within 1.2e-16."""
SCALES = {Exponential: "average", Lognormal: "median", Weibull: "scale"}
"""The number of a law that its quantiles are multiples of."""


def write_laws(laws: Mapping[int, Distribution], tables: NDArray[np.int64], fixed: NDArray[np.int64]) -> None:
    """Writes `laws`, by their row, into the columns `tables` and `fixed` of a graph."""
    for row, law in laws.items():
        if isinstance(law, Fixed):
            fixed[row] = min(ticks(law.seconds), FOREVER)
        else:
            tables[row] = table_of(law)


@lru_cache(maxsize=4096)
def table_of(law: Distribution) -> NDArray[np.int64]:
    """The table of `law`, as `quantile_table` makes it, as an array that is not to be written to."""
    name = SCALES.get(type(law))
    if name is None:
        return np.array(quantile_table(law), dtype=np.int64)
    scale = float(getattr(law, name))
    exact, near = _factors(replace(law, **{name: 1.0}))  # type: ignore[type-var]
    found = np.minimum(near * (scale * TICKS_PER_SECOND), float(LONGEST))
    rounded = np.rint(found)
    made = rounded.astype(np.int64)
    tied = 0.5 - np.abs(found - rounded) <= found * FLOAT_ERROR
    for place in np.flatnonzero(tied).tolist():
        made[place] = _ticks(scale, exact[place])
    return made


@lru_cache(maxsize=64)
def _factors(unit: Distribution) -> tuple[list[Decimal], NDArray[np.float64]]:
    """The quantiles of a law whose scale is 1, and as floats."""
    with localcontext(Context(prec=DIGITS)):
        found = unit.quantiles()
    return found, np.array([float(value) for value in found])


def _ticks(scale: float, factor: Decimal) -> int:
    with localcontext(Context(prec=DIGITS)):
        seconds = Decimal(scale) * factor
        return int(min(max(seconds * TICKS_PER_SECOND, Decimal(0)), Decimal(LONGEST)).to_integral_value())
