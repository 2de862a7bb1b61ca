"""Numbers that nobody measured: where they may stand, what is known of them, and how they are drawn."""

from simkit.unknowns.default_ranges import DEFAULT_RANGES
from simkit.unknowns.guesses import ANY, GUESSES, LAW_NUMBERS, Kind, Where, kind_of, numbers_in, written
from simkit.unknowns.ranges import ASSUMPTION, SHAPES, Range, Shape, middle, shape_of
from simkit.unknowns.unknowns import NotKnown, Unknowns

__all__ = [
    "ANY",
    "ASSUMPTION",
    "DEFAULT_RANGES",
    "GUESSES",
    "LAW_NUMBERS",
    "SHAPES",
    "Kind",
    "NotKnown",
    "Range",
    "Shape",
    "Unknowns",
    "Where",
    "kind_of",
    "middle",
    "numbers_in",
    "shape_of",
    "written",
]
