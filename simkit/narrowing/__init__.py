"""What to narrow: candidates, what each buys and costs, and the cheapest sets that cut an attack off."""

from simkit.narrowing.candidates import candidates
from simkit.narrowing.costs import PRICES, Cost, Prices
from simkit.narrowing.granularity import Granularity, role_granularity
from simkit.narrowing.narrowing import Holder, Narrowing
from simkit.narrowing.plan import Plan, cut_by_one, cut_off, plan_from
from simkit.narrowing.recommendation import Point, Recommendation, Recommendations
from simkit.narrowing.recommending import recommend
from simkit.narrowing.removals import CutTrust, DropEntitlements, DropRole, MoveCredential
from simkit.narrowing.tightenings import (
    AddCondition,
    AttenuateTrust,
    BindTargets,
    ConstrainSender,
    ShortenSession,
    ShortenTtl,
    TurnDial,
)
from simkit.narrowing.weighing import Candidate, Candidates, weigh

__all__ = [
    "PRICES",
    "AddCondition",
    "AttenuateTrust",
    "BindTargets",
    "Candidate",
    "Candidates",
    "ConstrainSender",
    "Cost",
    "CutTrust",
    "DropEntitlements",
    "DropRole",
    "Granularity",
    "Holder",
    "MoveCredential",
    "Narrowing",
    "Plan",
    "Point",
    "Prices",
    "Recommendation",
    "Recommendations",
    "ShortenSession",
    "ShortenTtl",
    "TurnDial",
    "candidates",
    "cut_by_one",
    "cut_off",
    "plan_from",
    "recommend",
    "role_granularity",
    "weigh",
]
