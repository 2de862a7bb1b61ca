"""Who may do that? Every caller is asked once, but for those whom no statement can let in.

An index knows which callers have a statement that may allow something of a service, and by which names a resource's
policy can name them. A document that many share (a managed policy) is matched against a question once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from simkit.rights.decision import Access, Decision
from simkit.rights.document import PolicyDocument, PrincipalNames, Statement
from simkit.rights.evaluate import concerning_of, concerns_action, decide
from simkit.rights.match import ANY, ONE
from simkit.rights.organization import Organization
from simkit.rights.request import (
    OF_ROLES,
    OUTSIDE_IAM,
    Caller,
    CredentialKind,
    Request,
    Target,
    Told,
    account_of,
    arn_part,
)

EVERY_SERVICE = "*"
NO_ID, FEDERATED, OUTSIDE = "without unique id", "federated user session", "outside IAM"
"""Names in the index of callers who may be meant where another name stands."""


class Directory:
    """Callers, with an index of the services that their policies may allow, and of their names."""

    def __init__(self, callers: Iterable[Caller], organization: Organization | None = None) -> None:
        self.callers: Sequence[Caller] = tuple(callers)
        self.organization = organization
        self._by_service = _by_service(self.callers)
        self._by_name = _by_name(self.callers)

    def __repr__(self) -> str:
        return f"<directory of {len(self.callers)} callers, {len(self._by_service)} services>"

    def who_can(
        self, action: str, target: Target, *, told: Told | None = None, closed: bool = False
    ) -> list[tuple[Caller, Decision]]:
        """Each caller that is allowed `action` on `target`, or may be granted it, and why; all others are denied.

        `told` and `closed` as in Request. Raises QuestionError for what is no action.
        """
        known: dict[PolicyDocument, tuple[Statement, ...]] = {}

        def concerning(document: PolicyDocument) -> tuple[Statement, ...]:
            if document not in known:
                known[document] = tuple(concerning_of(document, action, target.arn))
            return known[document]

        found = list[tuple[Caller, Decision]]()
        for position in self.candidates(action, target):
            caller = self.callers[position]
            request = Request(caller, action, target, told or {}, closed)
            decision = decide(request, self.organization, concerning=concerning)
            if decision.access != Access.DENIED:
                found.append((caller, decision))
        return found

    def candidates(self, action: str, target: Target) -> Sequence[int]:
        """Positions of the callers that are worth asking: by their own policies, or by the resource's."""
        lower = action.lower()
        invited = _invited(target, lower)
        if invited is None:
            return range(len(self.callers))
        found = {*self._by_service.get(lower.partition(":")[0], ()), *self._by_service.get(EVERY_SERVICE, ())}
        return sorted(found.union(*(self._by_name.get(name, ()) for name in invited)))


def _by_service(callers: Sequence[Caller]) -> Mapping[str, Sequence[int]]:
    """Positions of callers by service; under `*` those whose policies may allow any, and root users."""
    services: dict[PolicyDocument, frozenset[str]] = {}
    found: dict[str, list[int]] = {}
    for position, caller in enumerate(callers):
        own = {EVERY_SERVICE} if caller.principal.is_root else set[str]()
        for policy in caller.principal.policies:
            if policy not in services:
                services[policy] = frozenset(_services(policy))
            own |= services[policy]
        for service in own:
            found.setdefault(service, []).append(position)
    return found


def _services(policy: PolicyDocument) -> Iterable[str]:
    for statement in policy.statements:
        if statement.allows:
            yield from (EVERY_SERVICE,) if statement.actions_negated else map(_service, statement.actions)


def _service(pattern: str) -> str:
    """The service that a compiled action names; `*` where it may be several."""
    service, colon, _ = pattern.partition(":")
    return service if colon and ANY not in service and ONE not in service else EVERY_SERVICE


def _by_name(callers: Sequence[Caller]) -> Mapping[str, Sequence[int]]:
    """Positions of callers by each name that a policy may use: ARN, unique id, role of a session."""
    found: dict[str, list[int]] = {}
    for position, caller in enumerate(callers):
        principal = caller.principal
        names = {principal.arn, principal.unique_id or NO_ID}
        if caller.kind in OF_ROLES:
            names.add(f"{principal.account}/{principal.name}")
        if caller.kind == CredentialKind.FEDERATED_USER_SESSION:
            names.add(FEDERATED)
        if caller.kind in OUTSIDE_IAM:
            names.add(OUTSIDE)
        for name in names:
            found.setdefault(name, []).append(position)
    return found


def _invited(target: Target, action: str) -> set[str] | None:
    """Names of those whom the resource's policy may let in without a grant of their own; None: anybody."""
    if not target.seen:
        return None
    found = set[str]()
    for statement in target.policy.statements if target.policy else ():
        if statement.allows and concerns_action(statement, action):
            names = statement.principals
            if names is None or statement.principals_negated or names.everyone or ("AWS", "*") in names.names:
                return None
            found.update(_index_names(names))
    return found


def _index_names(names: PrincipalNames) -> Iterator[str]:
    """As the index has them. An account is left out: it lets in only those who have a grant of their own too."""
    for kind, name in names.names:
        session, _, rest = arn_part(name, 5).partition("/")
        if kind != "AWS":
            yield OUTSIDE
        elif session == "assumed-role":
            yield f"{account_of(name)}/{rest.partition('/')[0]}"
        elif session == "federated-user":
            yield FEDERATED
        else:
            yield from (name, NO_ID)
