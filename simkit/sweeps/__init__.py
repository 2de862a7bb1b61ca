"""A sweep: scenarios x policies x entry points x blocks of samples, each reduced where it is worked out."""

from simkit.sweeps.schedule import sweep
from simkit.sweeps.sweep_result import Cell, SweepResult
from simkit.sweeps.tally import Tally

__all__ = ["Cell", "SweepResult", "Tally", "sweep"]
