"""What public frameworks ask for, the dial or narrowing that carries it out here, and what was measured."""

from simkit.controls.asked import ASKED, Asked
from simkit.controls.bench import Bench, Measured
from simkit.controls.measures import MEASURES
from simkit.controls.result import Evidence, Row, evidence

__all__ = ["ASKED", "MEASURES", "Asked", "Bench", "Evidence", "Measured", "Row", "evidence"]
