"""CI for the blast radius: expectations judged with their intervals, and a stored result that must not grow."""

from simkit.checks.checking import TRIALS, Terms, check
from simkit.checks.comment import comment
from simkit.checks.elements import Element
from simkit.checks.file import FORMAT, Baseline, load_baseline
from simkit.checks.growth import Change, Culprit
from simkit.checks.json_report import JSON_VERSION, json_report, json_schema
from simkit.checks.judging import Verdict, verdict
from simkit.checks.junit import junit
from simkit.checks.measures import Measured, measured
from simkit.checks.report import FileCheck, PathToCut, Report
from simkit.checks.sarif import sarif

__all__ = [
    "FORMAT",
    "JSON_VERSION",
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
    "comment",
    "json_report",
    "json_schema",
    "junit",
    "load_baseline",
    "measured",
    "sarif",
    "verdict",
]
