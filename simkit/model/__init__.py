"""What exists: identities, resources, tools, credentials, roles, trust edges, tasks, attackers and responders."""

from simkit.model.identities import (
    BINDINGS,
    CREDENTIAL_USES,
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
from simkit.model.references import problems
from simkit.model.resources import EXPOSURES, IMPACTS, RESOURCE_KINDS, Resource
from simkit.model.tasks import Need, ObservedRun, Task
from simkit.model.threats import Detection, EntryPoint, Goal, Response
from simkit.model.tools import EFFECTS, HIGH_IMPACT, IDENTITY_EFFECTS, STATE_CHANGING, Operation, Tool

__all__ = [
    "BINDINGS",
    "CREDENTIAL_USES",
    "EFFECTS",
    "ENVIRONMENTS",
    "EXPOSURES",
    "HIGH_IMPACT",
    "IDENTITY_EFFECTS",
    "IDENTITY_KINDS",
    "IMPACTS",
    "RESOURCE_KINDS",
    "STAGES",
    "STATE_CHANGING",
    "TRUST_KINDS",
    "Credential",
    "Detection",
    "Entitlement",
    "EntryPoint",
    "Goal",
    "Identity",
    "Model",
    "Need",
    "ObservedRun",
    "Operation",
    "Resource",
    "Response",
    "Role",
    "Task",
    "Tool",
    "TrustEdge",
    "environments",
    "listed",
    "problems",
]
