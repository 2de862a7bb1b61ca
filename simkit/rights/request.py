"""A request: who makes it, signed with what, to do what, on what.

What a request carries for a condition to read depends on the kind of credential that signs it: see `context`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from simkit.errors import QuestionError
from simkit.rights.document import PolicyDocument

Told = Mapping[str, tuple[str, ...] | None]
"""Keys of a request and their values; None: the request does not carry the key."""


class CredentialKind(StrEnum):
    """What signs a request."""

    LONG_TERM_KEY = "long-term key"
    CONSOLE = "console session"
    USER_SESSION = "user session"
    ROLE_SESSION = "role session"
    FEDERATED_ROLE_SESSION = "federated role session"
    FEDERATED_USER_SESSION = "federated user session"
    IDENTITY_TOKEN = "identity token"
    SERVICE = "service"
    ANONYMOUS = "anonymous"


OF_USERS = {CredentialKind.LONG_TERM_KEY, CredentialKind.CONSOLE, CredentialKind.USER_SESSION}
"""Signed as the user itself: the console and GetSessionToken hand out temporary keys of the same user."""
OF_ROLES = {CredentialKind.ROLE_SESSION, CredentialKind.FEDERATED_ROLE_SESSION}
"""AssumeRole; AssumeRoleWithSAML and AssumeRoleWithWebIdentity."""
OUTSIDE_IAM = {CredentialKind.IDENTITY_TOKEN, CredentialKind.SERVICE, CredentialKind.ANONYMOUS}
"""Without identity policies: only a resource's policy can let them in."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who can be let in, and what is attached to it.

    `arn` is that of a user, a role or an account's root; for a service its name (`lambda.amazonaws.com`), for an
    identity token its provider as a trust policy writes it, for an anonymous caller nothing. `tags` None: not known.
    """

    arn: str
    policies: tuple[PolicyDocument, ...] = ()
    boundary: PolicyDocument | None = None
    unique_id: str = ""
    tags: Mapping[str, str] | None = None

    @property
    def account(self) -> str:
        """The twelve digits of its account; nothing for a service or an outside identity."""
        return account_of(self.arn)

    @property
    def name(self) -> str:
        """The last part of its ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def is_role(self) -> bool:
        """Whether it is a role."""
        return arn_part(self.arn, 5).startswith("role/")

    @property
    def is_root(self) -> bool:
        """Whether it is the root user of an account, which identity policies do not limit."""
        return arn_part(self.arn, 5) == "root"


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal and what it signs with. Without `kind`: a role by a session, a user by a long-term key.

    `session_name` and `mfa` None: not known. `session_policies` are those passed when the session was made.
    """

    principal: Principal
    kind: CredentialKind = CredentialKind.LONG_TERM_KEY
    session_name: str | None = None
    session_policies: tuple[PolicyDocument, ...] = ()
    mfa: bool | None = None

    def __post_init__(self) -> None:
        if self.principal.is_role and self.kind == CredentialKind.LONG_TERM_KEY:
            object.__setattr__(self, "kind", CredentialKind.ROLE_SESSION)
        if self.principal.is_role != (self.kind in OF_ROLES):
            raise QuestionError(f"{self.principal.arn!r} does not sign with a {self.kind}: choose another kind")

    @property
    def arn(self) -> str:
        """The value of aws:PrincipalArn: a role's session has that of the role."""
        if self.kind == CredentialKind.FEDERATED_USER_SESSION:
            partition, account = arn_part(self.principal.arn, 1), self.principal.account
            return f"arn:{partition}:sts::{account}:federated-user/{self.session_name or '?'}"
        return self.principal.arn


@dataclass(frozen=True, slots=True)
class Target:
    """The resource of a request. `account` where its ARN has none (a bucket); else the caller's is assumed.

    `policy` is the one attached to it (a role: its trust policy), None where it has none. Not `seen`: whether it has
    one is not known, so it may grant anything; that it denies is not assumed. `tags` None: not known.
    """

    arn: str
    account: str = ""
    policy: PolicyDocument | None = None
    seen: bool = True
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """May `caller` do `action` on `target`? `told` are keys that the request carries, or (None) does not carry.

    `closed`: it carries nothing else that is not always there. Otherwise a key that is not told may be there or not,
    with any value.
    """

    caller: Caller
    action: str
    target: Target
    told: Told = field(default_factory=dict)
    closed: bool = False

    def __post_init__(self) -> None:
        service, colon, name = self.action.partition(":")
        if not (service and colon and name) or any(mark in self.action for mark in "*?"):
            raise QuestionError(f"{self.action!r} is no action: write service:Name, without wildcards")

    @property
    def service(self) -> str:
        """The prefix of the action, in lower case."""
        return self.action.partition(":")[0].lower()

    @property
    def target_account(self) -> str:
        """The account of the resource."""
        return self.target.account or account_of(self.target.arn) or self.caller.principal.account


def arn_part(arn: str, index: int) -> str:
    """One of the six parts of an ARN; nothing where it has none.

    >>> arn_part("arn:aws:iam::123456789012:user/Bob", 5)
    'user/Bob'
    """
    parts = _parts(arn)
    return parts[index] if len(parts) > index else ""


@lru_cache(maxsize=50_000)  # an account asks for the same parts of its ARNs millions of times
def _parts(arn: str) -> tuple[str, ...]:
    parts = tuple(arn.split(":", 5))
    return parts if parts[0] == "arn" else ()


def account_of(arn: str) -> str:
    """The account in an ARN; nothing where it has none, as a bucket's."""
    return arn_part(arn, 4)
