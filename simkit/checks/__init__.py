"""CI for the blast radius: expectations judged with their intervals, and a stored result that must not grow."""

from simkit.checks.baseline import FORMAT, Baseline, load_baseline
from simkit.checks.check_report import CheckReport, FileCheck, PathToCut
from simkit.checks.comment import comment
from simkit.checks.elements import Element
from simkit.checks.gate import TRIALS, check
from simkit.checks.growth import Change, Culprit
from simkit.checks.json_report import JSON_VERSION, json_report, json_schema
from simkit.checks.junit import junit
from simkit.checks.sarif import sarif
from simkit.checks.verdict import Verdict, verdict

__all__ = [
    "FORMAT",
    "JSON_VERSION",
    "TRIALS",
    "Baseline",
    "Change",
    "CheckReport",
    "Culprit",
    "Element",
    "FileCheck",
    "PathToCut",
    "Verdict",
    "check",
    "comment",
    "json_report",
    "json_schema",
    "junit",
    "load_baseline",
    "sarif",
    "verdict",
]
