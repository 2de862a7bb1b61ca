"""Who acts, with which secrets, under which entitlements, and whom they may become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simkit.model.claims import Claims
from simkit.model.session_terms import Refresh, SessionTerms

IDENTITY_KINDS = ("human", "agent", "service", "workload", "pipeline", "model")
STAGES = ("training", "build", "deployment", "inference", "retirement")
ENVIRONMENTS = ("sandbox", "production")
"""The usual ones; a scenario may have any."""
TRUST_KINDS = ("assume", "delegate", "invoke", "federate", "spawn")
CREDENTIAL_USES = ("login", "signing")
BINDINGS = ("bearer", "sender-constrained")
EGRESS = ("any", "none")
CONDITIONS = ("source", "environment", "approval")


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Permission to perform operations on targets.

    `operation` is `tool.operation`, or a glob over those names. `targets` are names or globs; empty means the
    operation's own targets. `conditions` hold whatever the grant policy is: `source` (only from the identity's own
    runtime, an IP allow-list), `environment` (the target's environment must be the identity's), `approval` (a person
    confirms each use). `excepting` are targets, names or globs, that it leaves out, with what lies in them.
    """

    operation: str
    targets: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    excepting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of entitlements, assigned to identities. Its `denies` and its `boundary` are theirs, too."""

    name: str
    entitlements: tuple[Entitlement, ...] = ()
    denies: tuple[Entitlement, ...] = ()
    boundary: tuple[Entitlement, ...] | None = None
    note: str = ""

    @property
    def limits(self) -> bool:
        """True if it takes something away from whoever has it."""
        return bool(self.denies) or self.boundary is not None


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone or something that acts.

    `susceptibility` is the chance in [0, 1] that a poisoned input steers it (agents). `tier` is the application tier
    whose secret it would share; empty means a tier of its own. `runtime_holds` are credentials of others that lie in
    its runtime (environment variables, memory), and resources that lie there as files: code in the runtime reads and
    writes them, whatever the identity is entitled to.

    `denies` beat every entitlement that it has or gains: a deny without targets is about all that its operations act
    on, one with conditions about that of which they surely hold. `boundary` is the most that it may do, whoever
    entitles it; None: there is none. `role_ttls` says of some of its roles for how many seconds they are active, once
    they are. `count` says how many are alike: one entry for twelve developers, each with tasks and credentials like
    these. Where `egress` is none, code in its runtime has no network of its own: what it has leaves only through
    somebody who can say something to outsiders.
    """

    name: str
    kind: str = "service"
    stage: str = "inference"
    environment: str = "production"
    tier: str = ""
    susceptibility: float = 0.0
    roles: tuple[str, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    denies: tuple[Entitlement, ...] = ()
    boundary: tuple[Entitlement, ...] | None = None
    runtime_holds: tuple[str, ...] = ()
    role_ttls: tuple[tuple[str, float], ...] = ()
    count: int = 1
    egress: str = "any"
    note: str = ""

    @property
    def standing_roles(self) -> tuple[str, ...]:
        """The roles that it always has."""
        timed = dict(self.role_ttls)
        return tuple(role for role in self.roles if role not in timed)


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret or token that authenticates one identity. Lifetimes are in seconds; None means that it never expires.

    `ttl` is as documented, `effective_ttl` as measured; simulation uses the measured one. An unmanaged credential is a
    third party's fixed secret: no grant policy governs how it is issued. `audience` names the tools that accept it;
    empty means every tool. One for `signing` opens no session: its identity is an issuer (an identity provider), and
    with it assertions are signed that whoever federates with the issuer believes (the `use` of RFC 7517, section 4.2).

    `ttl_kind` says how the ttl counts: from the start (`absolute`), from the last use (`idle`), or `renewable` by who
    holds it, for `renewable` seconds in all; empty: as the catalogue says of what its `session` is like, else absolute.
    A `jwt` is checked where it is used, and lives to its end whatever is revoked. `refresh` is a token beside it that
    brings new ones. `revocation_unit` is what a revocation ends: this token, or all of the identity's.

    `limited_to` is the most that this token carries, whatever its identity may do (the scopes of an OAuth token, a
    session policy); None: all of it. `claims` are what it says of itself, for trust edges that ask.
    """

    name: str
    identity: str
    ttl: float | None = None
    effective_ttl: float | None = None
    binding: Literal["bearer", "sender-constrained"] = "bearer"
    audience: tuple[str, ...] = ()
    managed: bool = True
    use: Literal["login", "signing"] = "login"
    session: SessionTerms | None = None
    format: str = "opaque"
    ttl_kind: str = ""
    renewable: float | None = None
    refresh: Refresh | None = None
    revocation_unit: str = "token"
    limited_to: tuple[Entitlement, ...] | None = None
    claims: Claims = ()
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TrustEdge:
    """`source` may become, invoke or spawn `target`. `ttl` (seconds) is how long the session it opens lives, `session`
    how that behaves when what opened it goes. One who is invoked `answers`: whoever asks has what it may read.

    It may be used under `conditions` only, as an entitlement, and by a session that carries the `claims`, each of which
    is a glob (the branch of a build, an external id, a second factor).
    """

    source: str
    target: str
    kind: str = "assume"
    attenuates: bool = False
    ttl: float = 3600.0
    session: SessionTerms | None = None
    conditions: tuple[str, ...] = ()
    claims: Claims = ()
    answers: bool = True
    note: str = ""

    @property
    def name(self) -> str:
        """The edge as reports write it: `a -assume-> b`."""
        return f"{self.source} -{self.kind}-> {self.target}"
