"""Whether the Principal or NotPrincipal of a statement names a caller, and how closely.

How it is named decides what else must agree, in the caller's own account
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html):
by its user or session, nothing; by its role, boundary and session policy; by its account, its identity policies too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from simkit.rights.document import PrincipalNames, Statement
from simkit.rights.request import OF_ROLES, OF_USERS, OUTSIDE_IAM, Caller, CredentialKind, account_of, arn_part
from simkit.rights.truth import Truth, all_of, any_of, opposite

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,127}", re.ASCII)


class Named(NamedTuple):
    """Whether a caller is named `itself` (user, session, everyone), by its `role`, or by its `account`."""

    itself: Truth = False
    role: Truth = False
    account: Truth = False

    def at_all(self) -> Truth:
        """In any way."""
        return any_of(self)

    def or_by(self, other: Named) -> Named:
        """Named by this or by the other."""
        return Named(*(any_of(pair) for pair in zip(self, other, strict=True)))

    def if_also(self, truth: Truth) -> Named:
        """Only where `truth` holds too."""
        return Named(*(all_of((own, truth)) for own in self))


ITSELF = Named(itself=True)
NOBODY = Named()


def named(statement: Statement, caller: Caller) -> Named:
    """How `statement` names `caller`; a statement without Principal names everyone to whom its policy is attached."""
    if statement.principals is None:
        return ITSELF
    found = _names(statement.principals, caller)
    if not statement.principals_negated:
        return found
    return (
        Named(itself=_denied_but(found, statement.principals, caller)) if not statement.allows else _allowed_but(found)
    )


def _names(names: PrincipalNames, caller: Caller) -> Named:
    if names.everyone:
        return ITSELF
    found = NOBODY
    for kind, name in names.names:
        found = found.or_by(_name(kind, name, caller))
    return found


def _name(kind: str, name: str, caller: Caller) -> Named:
    if kind == "AWS":
        return _aws(name, caller)
    if kind == "Service":
        return _outside(name, caller, CredentialKind.SERVICE)
    if kind == "Federated":
        return _outside(name, caller, CredentialKind.IDENTITY_TOKEN)
    # A canonical user id stands for an account, and nothing in an export says for which.
    return Named(account=None) if caller.kind not in OUTSIDE_IAM else NOBODY


def _outside(name: str, caller: Caller, kind: CredentialKind) -> Named:
    if caller.kind != kind:
        return NOBODY
    return Named(itself=None if name == "*" else name == caller.principal.arn)


def _aws(name: str, caller: Caller) -> Named:
    """A star, an account, a user, a role, a session, or the unique id of one that may be gone."""
    principal = caller.principal
    if name == "*":
        return Named(itself=None if caller.kind in (CredentialKind.SERVICE, CredentialKind.IDENTITY_TOKEN) else True)
    if caller.kind in OUTSIDE_IAM:
        return NOBODY
    account = name if _ACCOUNT.fullmatch(name) else account_of(name) if arn_part(name, 5) == "root" else ""
    if account:
        same = account == principal.account
        return Named(itself=same) if principal.is_root else Named(account=same)
    if arn_part(name, 2) == "sts":
        return Named(itself=_session(name, caller))
    if _UNIQUE_ID.fullmatch(name):
        same_id = name == principal.unique_id if principal.unique_id else None
        return _as_itself(same_id, caller)
    return _as_itself(name == principal.arn, caller)


def _as_itself(truth: Truth, caller: Caller) -> Named:
    """A role's sessions, and those that a user federated, are not the role or the user itself."""
    return Named(itself=truth) if caller.kind in OF_USERS else Named(role=truth)


def _session(name: str, caller: Caller) -> Truth:
    """Whether `name` is the ARN of the caller's session; whoever makes the session chooses its name."""
    kind, _, rest = arn_part(name, 5).partition("/")
    if account_of(name) != caller.principal.account:
        return False
    if kind == "federated-user" and caller.kind == CredentialKind.FEDERATED_USER_SESSION:
        return _same(rest, caller.session_name)
    role, _, session = rest.partition("/")
    if kind != "assumed-role" or caller.kind not in OF_ROLES or role != caller.principal.name:
        return False
    return _same(session, caller.session_name)


def _same(wanted: str, given: str | None) -> Truth:
    return None if given is None else wanted == given


def _denied_but(found: Named, names: PrincipalNames, caller: Caller) -> Truth:
    """Deny with NotPrincipal: whoever is named, with its account, goes free; so does nobody else of that account.

    With only one of the two named, "the policy might deny access to the entire account"; and a principal with a
    boundary is always denied
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
    """
    if caller.principal.boundary is not None:
        return True
    if caller.kind in OUTSIDE_IAM or caller.principal.is_root:
        return opposite(found.itself)
    own = any_of((found.itself, found.role))
    if own is False and any(_is_of_account(name, caller) for _, name in names.names):
        return True
    return False if all_of((own, found.account)) else None if any_of((own, found.account)) is not False else True


def _is_of_account(name: str, caller: Caller) -> bool:
    """Whether `name` is a user, a role or a session of the caller's account."""
    return account_of(name) == caller.principal.account and arn_part(name, 5) != "root"


def _allowed_but(found: Named) -> Named:
    """Allow with NotPrincipal: everyone but the named; whether naming an account takes out its users is not said."""
    own = any_of((found.itself, found.role))
    return Named(itself=None if own is False and found.account is not False else opposite(own))
