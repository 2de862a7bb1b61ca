"""A sweep: scenarios x policies x entry points x blocks of samples, each reduced where it is worked out."""

from simkit.sweeping.result import Cell, SweepResult
from simkit.sweeping.running import sweep
from simkit.sweeping.tally import Tally

__all__ = ["Cell", "SweepResult", "Tally", "sweep"]
