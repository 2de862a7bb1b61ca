"""What principals may do, asked of `simkit.rights` no more often than the answers can differ.

Targets that fit the same patterns of all statements that concern an action are decided alike, unless a condition or a
policy of their own tells them apart. Principals with the same documents are asked once, unless a variable or a
condition tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simkit.importers.aws.arn_form import ArnForm
from simkit.importers.aws.target_list import TargetList
from simkit.rights import (
    Access,
    Caller,
    CredentialKind,
    Decision,
    Doubt,
    Organization,
    PolicyDocument,
    Principal,
    Request,
    Statement,
    Target,
    decide,
)
from simkit.rights.document import Clause
from simkit.rights.evaluate import concerns_action
from simkit.rights.match import ANY, ONE
from simkit.rights.request import Told

MOMENTS = ("aws:currenttime", "aws:epochtime", "aws:tokenissuetime")
FAR = "2200-01-01T00:00:00Z"
"""A moment later than any that a policy names; what holds now and then, holds."""
_OF_KIND = ("aws:multifactorauth", "aws:tokenissuetime")
"""Keys that a console session carries and a long-term key does not."""
_OF_TARGET = ("resourcetag/", "aws:resource", "iam:permissionsboundary")
_SAME_FOR_ALL = ("iam:passedtoservice", "iam:policyarn", "sts:externalid", "aws:securetransport", "aws:viaawsservice")


@dataclass(frozen=True, slots=True)
class Allowance:
    """An action that is allowed, or may be, on `targets` (positions; None: on all of a list) by `statements`.

    `doubts` is empty where it is surely allowed. `by_console`: not by an access key.
    """

    targets: frozenset[int] | None
    statements: tuple[Statement, ...]
    doubts: tuple[Doubt, ...] = ()
    by_console: bool = False

    @property
    def is_sure(self) -> bool:
        """True if nothing is left open."""
        return not self.doubts


class Effective:
    """Effective permissions. `newest` is the latest moment that the files name: requests are made then or later."""

    def __init__(self, organization: Organization | None = None, newest: str = "") -> None:
        self.organization = organization
        self.newest = newest
        self._concerning: dict[tuple[PolicyDocument, str], tuple[Statement, ...]] = {}
        self._services: dict[PolicyDocument, frozenset[str]] = {}
        self._asked: tuple[PolicyDocument, ...] = ()
        self._asked_services = frozenset[str]()
        self._own_about: dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]] = {}
        self._known: dict[tuple[object, ...], tuple[Allowance, ...]] = {}
        self._single: dict[str, TargetList] = {}
        self._reached: dict[tuple[object, ...], frozenset[int]] = {}

    def allowances(
        self, principal: Principal, action: str, targets: TargetList, told: Told | None = None
    ) -> tuple[Allowance, ...]:
        """How `principal` may do `action` on which of `targets`; nothing where it is denied on all."""
        if not len(targets):
            return ()
        if not targets.described and not principal.is_root and not self.reached(principal, action, targets):
            return ()
        statements = list(self._all(principal, action))
        # documents that do not concern the action change nothing, so that most principals are asked about as one
        about = (id(each) for each in principal.policies if self._statements(each, action))
        key: tuple[object, ...] = (
            *about, id(principal.boundary), principal.account, principal.is_role,
            "aws-service-role" in principal.arn, action, id(targets), str(told),
        )  # fmt: skip
        if targets.described or any(map(_is_personal, statements)):
            return self._decided(principal, action, targets, told or {}, statements)
        if key not in self._known:
            self._known[key] = self._decided(principal, action, targets, told or {}, statements)
        return self._known[key]

    def jointly(
        self, principal: Principal, actions: Sequence[str], form: ArnForm, name: str = "", told: Told | None = None
    ) -> Allowance | None:
        """How `principal` may do all of `actions` on one thing of the `form` that is called `name`, or, without a
        name, as it likes; None where it may not.

        Regions, and names that are not known, are tried as the principal's own statements write them.
        """
        best: Allowance | None = None
        for arn in self._arns(principal, actions, form, name):
            found = [self.on(principal, action, arn, told) for action in actions]
            kept = [each for each in found if each is not None]
            if len(kept) == len(found):
                made = together(kept)
                if best is None or (bool(made.doubts), made.by_console) < (bool(best.doubts), best.by_console):
                    best = made
            if best is not None and best.is_sure and not best.by_console:
                break
        return best

    def on(self, principal: Principal, action: str, arn: str, told: Told | None = None) -> Allowance | None:
        """How `principal` may do `action` on `arn`; None where it may not."""
        if arn not in self._single:
            self._single[arn] = TargetList([Target(arn)])
        return next(iter(self.allowances(principal, action, self._single[arn], told)), None)

    def _arns(self, principal: Principal, actions: Sequence[str], form: ArnForm, name: str) -> Iterable[str]:
        found = {form.arn(principal.account, name=name): None}
        for action in actions:
            for statement in self._own(principal, action):
                for pattern in _patterns(statement):
                    arn = form.fitting(pattern, principal.account, name)
                    found |= {arn: None} if arn else {}
        return found

    def may_at_all(self, principal: Principal, action: str) -> bool:
        """True if a statement of its own allows `action` on something."""
        return bool(self._own(principal, action))

    def reached(self, principal: Principal, action: str, targets: TargetList) -> frozenset[int]:
        """The targets that a statement of its own may let `principal` do `action` on."""
        own = self._own(principal, action)
        if not own:
            return frozenset()
        key = (*map(id, own), action, id(targets))
        if key not in self._reached:
            self._reached[key] = _reached(targets, own)
        return self._reached[key]

    def is_alike(self, principal: Principal, action: str) -> bool:
        """True if all targets that a statement means for `action` are decided alike."""
        statements = list(self._all(principal, action))
        plain = (each.resources is None or [form.fixed for form in each.resources] == [ANY] for each in statements)
        return all(plain) and not any(map(_tells_targets_apart, statements))

    def decision(self, request: Request) -> Decision:
        """The decision on `request`, made now or at any later moment."""
        now = self._at(request, self.newest)
        if not self.newest or not self._asks_the_time(request):
            return now
        later = self._at(request, FAR)
        if later.access == now.access:
            return now
        return Decision(
            Access.MAY_BE, (*now.reasons, *later.reasons), (*now.doubts, *later.doubts, Doubt("key", "time"))
        )

    def _own(self, principal: Principal, action: str) -> tuple[Statement, ...]:
        """The statements of its own policies that allow `action` on something."""
        return self._of_own(principal, action)[1]

    def _of_own(self, principal: Principal, action: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """All statements of its own policies that concern `action`, and those of them that allow."""
        if principal.policies is not self._asked:  # one principal after the other is asked about many actions
            self._asked, self._own_about = principal.policies, {}
            self._asked_services = frozenset().union(*map(self._services_in, principal.policies))
        found = self._own_about.get(action)
        if found is None:
            spoken = _may_concern(self._asked_services, action)
            documents = principal.policies if spoken else ()
            concerning = tuple(each for document in documents for each in self._statements(document, action))
            found = self._own_about[action] = concerning, tuple(each for each in concerning if each.allows)
        return found

    def _all(self, principal: Principal, action: str) -> Iterator[Statement]:
        """The statements of all layers that concern `action`."""
        yield from self._of_own(principal, action)[0]
        documents = [principal.boundary] if principal.boundary else []
        above = self.organization.above(Caller(principal)) if self.organization else ()
        documents += [policy for level in above or () for policy in level.policies]
        over = self.organization.over(principal.account, Caller(principal)) if self.organization else ()
        documents += [policy for level in over for policy in level.of_resources]
        for document in documents:
            yield from self._statements(document, action)

    def _services_in(self, document: PolicyDocument) -> frozenset[str]:
        if document not in self._services:
            self._services[document] = _services(document)
        return self._services[document]

    def _statements(self, document: PolicyDocument, action: str) -> tuple[Statement, ...]:
        if not _may_concern(self._services_in(document), action):
            return ()
        key = document, action
        if key not in self._concerning:
            lower = action.lower()
            self._concerning[key] = tuple(each for each in document.statements if concerns_action(each, lower))
        return self._concerning[key]

    def _decided(
        self, principal: Principal, action: str, targets: TargetList, told: Told, statements: Sequence[Statement]
    ) -> tuple[Allowance, ...]:
        found: dict[tuple[object, ...], tuple[Allowance, set[int]]] = {}
        for alike in self._alike(principal, targets, statements):
            allowance = self._one(principal, action, targets.targets[min(alike)], told, statements)
            if allowance is not None:
                key = (*map(id, allowance.statements), *map(str, allowance.doubts), allowance.by_console)
                found.setdefault(key, (allowance, set()))[1].update(alike)
        return tuple(
            Allowance(
                None if len(members) == len(targets) else frozenset(members),
                each.statements,
                each.doubts,
                each.by_console,
            )
            for each, members in found.values()
        )

    def _alike(
        self, principal: Principal, targets: TargetList, statements: Sequence[Statement]
    ) -> Iterable[frozenset[int]]:
        """Groups of targets that are decided alike; those that no statement lets in are left out."""
        reached = _reached(targets, statements)
        if targets.described:
            reached |= {at for at, each in enumerate(targets.targets) if _invites(each, principal)}
        if targets.described or any(_tells_targets_apart(each) for each in statements):
            return [frozenset({position}) for position in sorted(reached)]
        groups = [reached] if reached else []
        for fitting in dict.fromkeys(targets.fitting(p) for each in statements for p in _patterns(each)):
            split = [part for group in groups for part in (group & fitting, group - fitting)]
            groups = [part for part in split if part]
        return groups

    def _one(
        self, principal: Principal, action: str, target: Target, told: Told, statements: Sequence[Statement]
    ) -> Allowance | None:
        caller = Caller(principal)
        found = self.decision(Request(caller, action, target, told))
        by_console = False
        if found.access == Access.DENIED and not principal.is_role and any(map(_asks_the_kind, statements)):
            found = self.decision(Request(Caller(principal, CredentialKind.CONSOLE), action, target, told))
            by_console = True
        if found.access == Access.DENIED:
            return None
        allowing = [each.statement for each in found.reasons if each.statement and each.statement.allows]
        own = {id(s) for document in principal.policies for s in document.statements}
        if target.policy:
            own |= {id(s) for s in target.policy.statements}
        # not in the order of the file, so that what is attached in another order is told by the same name
        mine = tuple(sorted({each for each in allowing if id(each) in own}, key=_told_by))
        return Allowance(None, mine, found.doubts if found.access == Access.MAY_BE else (), by_console)

    def _at(self, request: Request, moment: str) -> Decision:
        """The decision on `request`, made at `moment` with a session that began then."""
        if not moment:
            return decide(request, self.organization)
        names = MOMENTS if request.caller.kind != CredentialKind.LONG_TERM_KEY else MOMENTS[:2]
        told: Mapping[str, tuple[str, ...] | None] = dict.fromkeys(names, (moment,)) | dict(request.told)
        timed = Request(request.caller, request.action, request.target, told, request.closed)
        return decide(timed, self.organization)

    def _asks_the_time(self, request: Request) -> bool:
        statements = list(self._all(request.caller.principal, request.action))
        policy = request.target.policy
        statements += policy.statements if policy else ()
        return any(clause.key in MOMENTS for each in statements for clause in each.clauses)


def _told_by(statement: Statement) -> tuple[str, str, str]:
    return statement.policy, statement.called, statement.owner


def together(found: Sequence[Allowance]) -> Allowance:
    """All of `found` at once: on the targets that they share."""
    targets: frozenset[int] | None = None
    for each in found:
        if each.targets is not None:
            targets = each.targets if targets is None else targets & each.targets
    statements = dict.fromkeys(statement for each in found for statement in each.statements)
    doubts = dict.fromkeys(doubt for each in found for doubt in each.doubts)
    return Allowance(targets, tuple(statements), tuple(doubts), any(each.by_console for each in found))


def _services(document: PolicyDocument) -> frozenset[str]:
    """The services that a document says something about, in lower case; `ANY` among them where it may be any."""
    found = set[str]()
    for each in document.statements:
        for action in each.actions:
            service, colon, _ = action.partition(":")
            plain = colon and not each.actions_negated and ANY not in service and ONE not in service
            found.add(service if plain else ANY)
    return frozenset(found)


def _may_concern(services: frozenset[str], action: str) -> bool:
    return bool(services) and (ANY in services or action.partition(":")[0] in services)


def _patterns(statement: Statement) -> Iterator[str]:
    for form in statement.resources or ():
        if form.fixed is not None:
            yield form.fixed


def _reached(targets: TargetList, statements: Sequence[Statement]) -> frozenset[int]:
    """The targets that an allowing statement may mean."""
    found = frozenset[int]()
    for each in statements:
        if each.allows:
            forms = each.resources
            if forms is None or each.resources_negated or any(form.fixed is None for form in forms):
                return targets.all
            found = found.union(*(targets.fitting(form.fixed) for form in forms if form.fixed is not None))
    return found


def _invites(target: Target, principal: Principal) -> bool:
    """True if the target's own policy may let `principal` in without a statement of its own."""
    if not target.seen:
        return True
    for each in target.policy.statements if target.policy else ():
        names = each.principals
        if each.allows and (names is None or names.everyone or each.principals_negated):
            return True
        if each.allows and names and any(_may_mean(name, principal) for _, name in names.names):
            return True
    return False


def _may_mean(name: str, principal: Principal) -> bool:
    """True for everybody, `principal` itself, and a session of it; whom an account lets in needs a grant, too."""
    return name in ("*", principal.arn, principal.unique_id) or f":assumed-role/{principal.name}/" in name


def _is_personal(statement: Statement) -> bool:
    """True if the statement may be decided differently for two principals with the same documents."""
    forms = [*(statement.resources or ()), *(value for clause in statement.clauses for value in clause.values)]
    return any(form.fixed is None for form in forms) or any(not _is_common(clause) for clause in statement.clauses)


def _is_common(clause: Clause) -> bool:
    return clause.key in _SAME_FOR_ALL or clause.key in MOMENTS or clause.key.startswith(_OF_KIND)


def _tells_targets_apart(statement: Statement) -> bool:
    forms = statement.resources or ()
    return any(form.fixed is None for form in forms) or any(
        any(part in clause.key for part in _OF_TARGET) for clause in statement.clauses
    )


def _asks_the_kind(statement: Statement) -> bool:
    return any(clause.key.startswith(_OF_KIND) for clause in statement.clauses)
