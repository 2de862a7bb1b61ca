"""CI for the blast radius: expectations judged with their intervals, and a stored result that must not grow."""

from simkit.baseline.checking import TRIALS, Terms, check
from simkit.baseline.elements import Element
from simkit.baseline.file import FORMAT, Baseline, load_baseline
from simkit.baseline.growth import Change, Culprit
from simkit.baseline.judging import Verdict, verdict
from simkit.baseline.measures import Measured, measured
from simkit.baseline.report import FileCheck, PathToCut, Report

__all__ = [
    "FORMAT",
    "TRIALS",
    "Baseline",
    "Change",
    "Culprit",
    "Element",
    "FileCheck",
    "Measured",
    "PathToCut",
    "Report",
    "Terms",
    "Verdict",
    "check",
    "load_baseline",
    "measured",
    "verdict",
]
