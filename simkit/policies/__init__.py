"""Grant policies: the rule that cuts each identity's entitlements into sessions, as a point in a space of dials."""

from simkit.policies.approval_rules import ApprovalRules, Consent, consent
from simkit.policies.approvals import FOR_THE_REST, Oversight, asked_a_day
from simkit.policies.dials import DIALS, Dial, GrantPolicy, Selector
from simkit.policies.last_sessions import last_or_new
from simkit.policies.presets import NAMED, checked_policy, named_policies, policy
from simkit.policies.sessions import STANDING, BrokenNeed, Session, Sessions, Token, sessions, within_scope

__all__ = [
    "DIALS",
    "FOR_THE_REST",
    "NAMED",
    "STANDING",
    "ApprovalRules",
    "BrokenNeed",
    "Consent",
    "Dial",
    "GrantPolicy",
    "Oversight",
    "Selector",
    "Session",
    "Sessions",
    "Token",
    "asked_a_day",
    "checked_policy",
    "consent",
    "last_or_new",
    "named_policies",
    "policy",
    "sessions",
    "within_scope",
]
