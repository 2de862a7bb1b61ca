"""What exists: identities, resources, tools, credentials, roles, trust edges, tasks, attackers and responders."""

from simkit.model.approval_rule import ApprovalRule, Quorum
from simkit.model.attacker import TRIES, Attacker
from simkit.model.goals import Goal, GoalTerm
from simkit.model.identities import (
    BINDINGS,
    CREDENTIAL_USES,
    EGRESS,
    ENVIRONMENTS,
    IDENTITY_KINDS,
    STAGES,
    TRUST_KINDS,
    Credential,
    Entitlement,
    Identity,
    Role,
    TrustEdge,
)
from simkit.model.model import Model, environments, listed
from simkit.model.money import ControlPrices, Currency
from simkit.model.references import problems
from simkit.model.resources import EXPOSURES, IMPACTS, RESOURCE_KINDS, Resource
from simkit.model.session_terms import (
    BEFALLS,
    REVOCATION_UNITS,
    TOKEN_FORMATS,
    TTL_KINDS,
    Outliving,
    Refresh,
    SessionEvents,
    SessionTerms,
)
from simkit.model.tasks import CALL_OUTCOMES, Need, ObservedCall, ObservedRun, Task
from simkit.model.threats import MAY_MISS, RESPONSE_ACTIONS, Detection, EntryPoint, Responder, Response, ResponseAction
from simkit.model.tools import EFFECTS, HIGH_IMPACT, IDENTITY_EFFECTS, RESTRICTIONS, STATE_CHANGING, Operation, Tool
from simkit.model.unchangeable import CHANGES, Unchangeable

__all__ = [
    "BEFALLS",
    "BINDINGS",
    "CALL_OUTCOMES",
    "CHANGES",
    "CREDENTIAL_USES",
    "EFFECTS",
    "EGRESS",
    "ENVIRONMENTS",
    "EXPOSURES",
    "HIGH_IMPACT",
    "IDENTITY_EFFECTS",
    "IDENTITY_KINDS",
    "IMPACTS",
    "MAY_MISS",
    "RESOURCE_KINDS",
    "RESPONSE_ACTIONS",
    "RESTRICTIONS",
    "REVOCATION_UNITS",
    "STAGES",
    "STATE_CHANGING",
    "TOKEN_FORMATS",
    "TRIES",
    "TRUST_KINDS",
    "TTL_KINDS",
    "ApprovalRule",
    "Attacker",
    "ControlPrices",
    "Credential",
    "Currency",
    "Detection",
    "Entitlement",
    "EntryPoint",
    "Goal",
    "GoalTerm",
    "Identity",
    "Model",
    "Need",
    "ObservedCall",
    "ObservedRun",
    "Operation",
    "Outliving",
    "Quorum",
    "Refresh",
    "Resource",
    "Responder",
    "Response",
    "ResponseAction",
    "Role",
    "SessionEvents",
    "SessionTerms",
    "Task",
    "Tool",
    "TrustEdge",
    "Unchangeable",
    "environments",
    "listed",
    "problems",
]
