"""Simulates the blast radius of leaked tokens and poisoned inputs under different IAM grant policies.

>>> import simkit
>>> simkit.policy("jit").ttl
900.0

Importing simkit is cheap: a public name loads its module at first use, and `simkit.__all__` lists them all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a type checker sees; HOMES is what Python sees, and a test holds that the two agree
    from simkit.ablation import Ablation as Ablation
    from simkit.ablation import ablate as ablate
    from simkit.annual_loss import AnnualLoss as AnnualLoss
    from simkit.annual_loss import AnnualLosses as AnnualLosses
    from simkit.annual_loss import annual_losses as annual_losses
    from simkit.blast_radius import AttackPaths as AttackPaths
    from simkit.blast_radius import BlastRadius as BlastRadius
    from simkit.blast_radius import Comparison as Comparison
    from simkit.blast_radius import Difference as Difference
    from simkit.blast_radius import Interval as Interval
    from simkit.blast_radius import PairMatrix as PairMatrix
    from simkit.blast_radius import Ranking as Ranking
    from simkit.blast_radius import WorstCase as WorstCase
    from simkit.checks import CheckReport as CheckReport
    from simkit.checks import check as check
    from simkit.controls import Evidence as Evidence
    from simkit.controls import evidence as evidence
    from simkit.decisions import Sensitivity as Sensitivity
    from simkit.decisions import sensitivity as sensitivity
    from simkit.errors import EngineError as EngineError
    from simkit.errors import InputError as InputError
    from simkit.errors import PolicyError as PolicyError
    from simkit.errors import Problem as Problem
    from simkit.errors import QuestionError as QuestionError
    from simkit.errors import ScenarioError as ScenarioError
    from simkit.errors import SimkitError as SimkitError
    from simkit.estate import generate as generate
    from simkit.history import ScenarioDiff as ScenarioDiff
    from simkit.history import Trend as Trend
    from simkit.history import diff as diff
    from simkit.history import trend as trend
    from simkit.impacts import Impact as Impact
    from simkit.impacts import impact as impact
    from simkit.linter import LintReport as LintReport
    from simkit.linter import LintWarning as LintWarning
    from simkit.linter import lint as lint
    from simkit.model import Attacker as Attacker
    from simkit.model import Credential as Credential
    from simkit.model import Detection as Detection
    from simkit.model import Entitlement as Entitlement
    from simkit.model import EntryPoint as EntryPoint
    from simkit.model import Goal as Goal
    from simkit.model import Identity as Identity
    from simkit.model import Model as Model
    from simkit.model import Need as Need
    from simkit.model import ObservedCall as ObservedCall
    from simkit.model import ObservedRun as ObservedRun
    from simkit.model import Operation as Operation
    from simkit.model import Resource as Resource
    from simkit.model import Response as Response
    from simkit.model import Role as Role
    from simkit.model import Task as Task
    from simkit.model import Tool as Tool
    from simkit.model import TrustEdge as TrustEdge
    from simkit.narrowing import Granularity as Granularity
    from simkit.narrowing import Narrowing as Narrowing
    from simkit.narrowing import Recommendation as Recommendation
    from simkit.narrowing import Recommendations as Recommendations
    from simkit.narrowing import cut_off as cut_off
    from simkit.narrowing import recommend as recommend
    from simkit.narrowing import role_granularity as role_granularity
    from simkit.persistence import Persistence as Persistence
    from simkit.persistence import persist as persist
    from simkit.policies import GrantPolicy as GrantPolicy
    from simkit.policies import Selector as Selector
    from simkit.policies import named_policies as named_policies
    from simkit.policies import policy as policy
    from simkit.policies.mining import MinedRoles as MinedRoles
    from simkit.policies.mining import mine_roles as mine_roles
    from simkit.privilege import OverPrivilege as OverPrivilege
    from simkit.privilege import over_privilege as over_privilege
    from simkit.reachable import Reach as Reach
    from simkit.reachable import reach as reach
    from simkit.record import Explanation as Explanation
    from simkit.record import Record as Record
    from simkit.record import explain as explain
    from simkit.record import read_record as read_record
    from simkit.report import Report as Report
    from simkit.report import report_on as report_on
    from simkit.scenario import Scenario as Scenario
    from simkit.scenario import dump as dump
    from simkit.scenario import load as load
    from simkit.scenario import loads as loads
    from simkit.session_catalogue import SessionBehaviour as SessionBehaviour
    from simkit.session_catalogue import session_behaviour as session_behaviour
    from simkit.session_catalogue import session_behaviours as session_behaviours
    from simkit.simulation import compare as compare
    from simkit.simulation import rank as rank
    from simkit.simulation import replay as replay
    from simkit.simulation import simulate as simulate
    from simkit.simulation import worst_case_pairs as worst_case_pairs
    from simkit.studies import Study as Study
    from simkit.studies import study as study
    from simkit.sweeps import SweepResult as SweepResult
    from simkit.sweeps import sweep as sweep
    from simkit.table import Table as Table

HOMES = {
    "simkit.ablation": (
        "Ablation",
        "ablate",
    ),
    "simkit.blast_radius": (
        "AttackPaths",
        "BlastRadius",
        "Comparison",
        "Difference",
        "Interval",
        "PairMatrix",
        "Ranking",
        "WorstCase",
    ),
    "simkit.errors": (
        "EngineError",
        "InputError",
        "PolicyError",
        "Problem",
        "QuestionError",
        "ScenarioError",
        "SimkitError",
    ),
    "simkit.estate": ("generate",),
    "simkit.history": (
        "ScenarioDiff",
        "Trend",
        "diff",
        "trend",
    ),
    "simkit.impacts": (
        "Impact",
        "impact",
    ),
    "simkit.checks": (
        "CheckReport",
        "check",
    ),
    "simkit.controls": (
        "Evidence",
        "evidence",
    ),
    "simkit.linter": (
        "LintReport",
        "LintWarning",
        "lint",
    ),
    "simkit.model": (
        "Credential",
        "Detection",
        "Entitlement",
        "Attacker",
        "EntryPoint",
        "Goal",
        "Identity",
        "Model",
        "Need",
        "ObservedCall",
        "ObservedRun",
        "Operation",
        "Resource",
        "Response",
        "Role",
        "Task",
        "Tool",
        "TrustEdge",
    ),
    "simkit.privilege": (
        "OverPrivilege",
        "over_privilege",
    ),
    "simkit.narrowing": (
        "Granularity",
        "Narrowing",
        "Recommendation",
        "Recommendations",
        "cut_off",
        "recommend",
        "role_granularity",
    ),
    "simkit.persistence": (
        "Persistence",
        "persist",
    ),
    "simkit.policies": (
        "GrantPolicy",
        "Selector",
        "named_policies",
        "policy",
    ),
    "simkit.policies.mining": (
        "MinedRoles",
        "mine_roles",
    ),
    "simkit.record": (
        "Explanation",
        "Record",
        "explain",
        "read_record",
    ),
    "simkit.reachable": (
        "Reach",
        "reach",
    ),
    "simkit.report": (
        "Report",
        "report_on",
    ),
    "simkit.scenario": (
        "Scenario",
        "dump",
        "load",
        "loads",
    ),
    "simkit.annual_loss": (
        "AnnualLoss",
        "AnnualLosses",
        "annual_losses",
    ),
    "simkit.decisions": (
        "Sensitivity",
        "sensitivity",
    ),
    "simkit.session_catalogue": (
        "SessionBehaviour",
        "session_behaviour",
        "session_behaviours",
    ),
    "simkit.simulation": (
        "compare",
        "rank",
        "replay",
        "simulate",
        "worst_case_pairs",
    ),
    "simkit.studies": (
        "Study",
        "study",
    ),
    "simkit.sweeps": (
        "SweepResult",
        "sweep",
    ),
    "simkit.table": ("Table",),
}
"""Each module with the public names that live in it."""

_HOME_OF = {name: home for home, names in HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, "__version__"])


def __getattr__(name: str) -> Any:
    """The public name `name`, from its module, which is loaded now (PEP 562)."""
    if name == "__version__":
        value: Any = import_module("simkit.package").VERSION
    elif name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
    else:
        raise AttributeError(f"module 'simkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__]
