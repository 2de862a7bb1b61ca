"""May this principal, with this kind of credential, do this action on this resource? Policies of AWS IAM, evaluated.

The way of a question: `document` reads policies, `request` says who asks for what, `context` what such a request
carries, `match`, `operators`, `condition` and `principal` whether a statement applies, `evaluate` what all of them
together mean, `decision` why; `who_can` asks for many principals at once. Nothing here knows a scenario.
"""

from simkit.rights.context import Context
from simkit.rights.decision import Access, Decision, Doubt, Reason
from simkit.rights.document import Origin, PolicyDocument, Statement, policy_document, read_document
from simkit.rights.evaluate import decide
from simkit.rights.organization import Level, Organization, read_organization
from simkit.rights.request import Caller, CredentialKind, Principal, Request, Target
from simkit.rights.who_can import Directory

__all__ = [
    "Access",
    "Caller",
    "Context",
    "CredentialKind",
    "Decision",
    "Directory",
    "Doubt",
    "Level",
    "Organization",
    "Origin",
    "PolicyDocument",
    "Principal",
    "Reason",
    "Request",
    "Statement",
    "Target",
    "decide",
    "policy_document",
    "read_document",
    "read_organization",
]
