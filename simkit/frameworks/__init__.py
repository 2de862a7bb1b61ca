"""What public frameworks ask for, the dial or narrowing that carries it out here, and what was measured."""

from simkit.frameworks.asked import ASKED, Asked
from simkit.frameworks.bench import Bench, Measured
from simkit.frameworks.measures import MEASURES
from simkit.frameworks.result import Evidence, Row, evidence

__all__ = ["ASKED", "MEASURES", "Asked", "Bench", "Evidence", "Measured", "Row", "evidence"]
