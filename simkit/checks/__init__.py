"""CI for the blast radius: expectations judged with their intervals, and a stored result that must not grow."""

from simkit.checks.baseline import FORMAT, Baseline, load_baseline
from simkit.checks.check_report import CheckReport
from simkit.checks.comment import comment
from simkit.checks.elements import Element
from simkit.checks.file_check import FileCheck
from simkit.checks.findings import SEVERITIES, Finding
from simkit.checks.gate import TRIALS, check
from simkit.checks.json_report import JSON_VERSION, json_report, json_schema
from simkit.checks.junit import junit
from simkit.checks.measured_change import Change, Culprit
from simkit.checks.path_to_cut import PathToCut
from simkit.checks.sarif import sarif
from simkit.checks.suppressions import Suppression, load_suppressions
from simkit.checks.verdict import Verdict, verdict

__all__ = [
    "FORMAT",
    "JSON_VERSION",
    "SEVERITIES",
    "TRIALS",
    "Baseline",
    "Change",
    "CheckReport",
    "Culprit",
    "Element",
    "FileCheck",
    "Finding",
    "PathToCut",
    "Suppression",
    "Verdict",
    "check",
    "comment",
    "json_report",
    "json_schema",
    "junit",
    "load_baseline",
    "load_suppressions",
    "sarif",
    "verdict",
]
