"""An organisation of any size, made up from published shapes: something to benchmark, teach and test on."""

from simkit.estate.estate import generate
from simkit.estate.shapes import SHAPES, Shape

__all__ = ["SHAPES", "Shape", "generate"]
