"""What is known of a number that nobody measured: bounds, a best guess, and how a draw is spread between the bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # reading a file does not load numpy
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
Shape = Literal["flat", "log"]
SHAPES: tuple[Shape, ...] = ("flat", "log")
"""`flat`: each equal step is as likely; `log`: each equal factor is. No shape has a peak: how high it would be is one
more guess (a PERT distribution takes 4 without a reason)."""
ASSUMPTION = "assumption"
"""The `evidence` of a range that no source gives."""
WIDE = 10.0
"""From this ratio of the bounds on a range has the shape `log` where it says none: over a factor of ten a flat one puts
nine draws in ten into the upper nine tenths."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two outer bounds.

    `best` is what every question about one scenario takes. `evidence` is a source, or `assumption`, `why` says more.
    `shape` is how draws are spread. `standard` is True for the range of a default, which no file states.
    """

    low: float
    high: float
    best: float
    shape: Shape = "flat"
    evidence: str = ASSUMPTION
    why: str = ""
    standard: bool = False

    @property
    def is_known(self) -> bool:
        """True if both bounds are one number: then there is nothing to draw."""
        return self.low == self.high

    @property
    def other(self) -> Range:
        """The same bounds in the other shape; itself, where there is none because a bound is zero."""
        if self.low <= 0:
            return self
        return replace(self, shape="flat" if self.shape == "log" else "log")

    def at(self, places: Floats) -> Floats:
        """The values at `places`, each a share from 0 to 1 of the draws that lie below; to twelve digits, so that
        every machine has the same ones.

        >>> import numpy as np
        >>> Range(0.01, 1.0, 0.1, "log").at(np.array([0.0, 0.5, 1.0])).tolist()
        [0.01, 0.1, 1.0]
        """
        import numpy as np

        if self.shape == "flat" or self.is_known:
            found = self.low + (self.high - self.low) * places
        else:
            found = self.low * np.exp(places * math.log(self.high / self.low))
        rounded = np.array([float(f"{value:.12g}") for value in found.tolist()], dtype=np.float64)
        return np.clip(rounded, self.low, self.high)

    def weights(self, values: Floats) -> Floats:
        """How much each of `values`, drawn in this shape, counts for the other shape; on average 1."""
        import numpy as np

        if self.other is self or self.is_known:
            return np.ones(len(values))
        found = values if self.shape == "log" else 1.0 / values
        return np.asarray(found / found.mean(), dtype=np.float64)


def shape_of(low: float, high: float) -> Shape:
    """The shape of a range that says none.

    >>> shape_of(0.01, 0.5), shape_of(0.2, 0.5), shape_of(0.0, 1.0)
    ('log', 'flat', 'flat')
    """
    return "log" if low > 0 and high / low >= WIDE else "flat"


def middle(low: float, high: float, shape: Shape) -> float:
    """The best guess of a range that says none: half of the draws lie below."""
    return math.sqrt(low * high) if shape == "log" else (low + high) / 2
