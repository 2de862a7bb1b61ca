"""What to narrow: candidates, what each buys and costs, and the cheapest sets that cut an attack off."""

from simkit.narrowing.cutset.given_plan import plan_of_all
from simkit.narrowing.cutset.plan import Plan, cut_by_one, cut_off, plan_from
from simkit.narrowing.edits.candidates import candidates
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.limits import AddDeny, AskClaims, LimitToken, SetBoundary
from simkit.narrowing.edits.lower_quota import LowerQuota
from simkit.narrowing.edits.removals import CutTrust, DropEntitlements, DropRole, MoveCredential, MoveFile
from simkit.narrowing.edits.restrictions import (
    AddCondition,
    AttenuateTrust,
    BindTargets,
    ConstrainSender,
    ShortenRole,
    ShortenSession,
    ShortenTtl,
    TurnDial,
)
from simkit.narrowing.granularity import Granularity, role_granularity
from simkit.narrowing.recommendation.costs import PRICES, Cost, Prices
from simkit.narrowing.recommendation.recommend import recommend
from simkit.narrowing.recommendation.recommendation import BudgetPoint, Recommendation, Recommendations
from simkit.narrowing.recommendation.weigh import Candidate, Candidates, weigh
from simkit.techniques.givers import Holder

__all__ = [
    "PRICES",
    "AddCondition",
    "AddDeny",
    "AskClaims",
    "AttenuateTrust",
    "BindTargets",
    "BudgetPoint",
    "Candidate",
    "Candidates",
    "ConstrainSender",
    "Cost",
    "CutTrust",
    "DropEntitlements",
    "DropRole",
    "Granularity",
    "Holder",
    "LimitToken",
    "LowerQuota",
    "MoveCredential",
    "MoveFile",
    "Narrowing",
    "Plan",
    "Prices",
    "Recommendation",
    "Recommendations",
    "SetBoundary",
    "ShortenRole",
    "ShortenSession",
    "ShortenTtl",
    "TurnDial",
    "candidates",
    "cut_by_one",
    "cut_off",
    "plan_from",
    "plan_of_all",
    "recommend",
    "role_granularity",
    "weigh",
]
