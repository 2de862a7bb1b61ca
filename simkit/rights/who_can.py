"""Who may do that? Every caller asked once, those first ruled out whom no statement can let in.

An index knows which callers have a statement that may allow something of a service, and a document that many share
(a managed policy) is matched against a question once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from simkit.rights.decision import Access, Decision
from simkit.rights.document import PolicyDocument, Statement
from simkit.rights.evaluate import concerning_of, concerns_action, decide
from simkit.rights.match import ANY, ONE
from simkit.rights.organization import Organization
from simkit.rights.request import Caller, Request, Target, Told

EVERY_SERVICE = "*"


class Directory:
    """Callers with an index of the services that their identity policies may allow."""

    def __init__(self, callers: Iterable[Caller], organization: Organization | None = None) -> None:
        self.callers: Sequence[Caller] = tuple(callers)
        self.organization = organization
        self._by_service: Mapping[str, Sequence[int]] = _indexed(self.callers)

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
        for position in self._candidates(action, target):
            caller = self.callers[position]
            request = Request(caller, action, target, told or {}, closed)
            decision = decide(request, self.organization, concerning=concerning)
            if decision.access != Access.DENIED:
                found.append((caller, decision))
        return found

    def _candidates(self, action: str, target: Target) -> Sequence[int]:
        """Positions of the callers that are worth asking."""
        lower = action.lower()
        invited = target.policy is not None and any(
            statement.allows and concerns_action(statement, lower) for statement in target.policy.statements
        )
        if invited or not target.seen:
            return range(len(self.callers))
        service = lower.partition(":")[0]
        return sorted({*self._by_service.get(service, ()), *self._by_service.get(EVERY_SERVICE, ())})


def _indexed(callers: Sequence[Caller]) -> dict[str, list[int]]:
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
