"""Allowed, denied, or may be granted: the evaluation logic of AWS over three values.

One account: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
Two accounts: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from simkit.rights.condition import met
from simkit.rights.context import Context
from simkit.rights.decision import Access, Decision, Doubt, Reason
from simkit.rights.document import PolicyDocument, Statement
from simkit.rights.match import fill, holds, matches
from simkit.rights.organization import Organization
from simkit.rights.principal import NOBODY, Named, named
from simkit.rights.request import OF_ROLES, OUTSIDE_IAM, CredentialKind, Request, arn_part
from simkit.rights.services import known_services
from simkit.rights.truth import Truth, all_of, any_of, opposite

Concerning = Callable[[PolicyDocument], Iterable[Statement]]
"""The statements of a document that concern the action and may concern the resource of the request."""

IDENTITY, RESOURCE, BOUNDARY, SESSION = "identity policy", "resource policy", "permissions boundary", "session policy"
_TRUST = {"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:setcontext"}
_TRUST |= {"sts:tagsession", "sts:setsourceidentity"}

UNDER_RESOURCE_CONTROL = {"s3", "sts", "kms", "sqs", "secretsmanager"}
"""Services that resource control policies reached from the start
(https://docs.aws.amazon.com/controltower/latest/controlreference/rcp-controls.html); more came later."""
_SAYS = {(True, True): "allows", (True, None): "may allow", (False, True): "denies", (False, None): "may deny"}


class Layer(NamedTuple):
    """What all policies of one kind say together."""

    name: str
    allow: Named = NOBODY
    deny: Truth = False
    reasons: tuple[Reason, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def decide(
    request: Request, organization: Organization | None = None, *, concerning: Concerning | None = None
) -> Decision:
    """Whether `request` is allowed, denied or may be granted, and why.

    Without `organization` no service control policy limits anybody. `concerning` is what an index knows already.
    """
    weighing = _Weighing(request, Context(request, _organization_id(request, organization)), concerning)
    principal, target = request.caller.principal, request.target
    identity = weighing.layer(IDENTITY, principal.policies)
    boundary = weighing.layer(BOUNDARY, (principal.boundary,)) if principal.boundary else None
    session = _session_layer(weighing)
    resource = weighing.layer(RESOURCE, (target.policy,)) if target.policy else Layer(RESOURCE)
    if not target.seen:
        resource = resource._replace(allow=Named(None, None, None), doubts=(Doubt("policy", f"of {target.arn}"),))
    levels, ceiling = _ceiling(weighing, organization)
    above = _over_resource(weighing, organization)
    layers = [layer for layer in (*levels, *above, resource, identity, boundary, session) if layer is not None]
    own = True if principal.is_root else identity.allow.at_all()
    limits = all_of(layer.allow.at_all() for layer in (boundary, session) if layer is not None)
    granted = _granted(request, own, limits, resource.allow)
    known = request.service in known_services() or None
    barred = _barred(request)
    denied = any_of((barred.deny, *(layer.deny for layer in layers)))
    truth = all_of((opposite(denied), ceiling.allow.itself, granted, known))
    return _told(truth, request, [*layers, ceiling, barred], known)


def _granted(request: Request, own: Truth, limits: Truth, names: Named) -> Truth:
    """What identity policies (`own`), `limits` (boundary and session) and the resource's policy grant together."""
    if request.caller.kind in OUTSIDE_IAM:
        return names.itself
    within = all_of((own, limits))
    if request.target_account != request.caller.principal.account:
        return all_of((within, names.at_all()))
    named_closely = any_of((names.itself, all_of((names.role, limits))))
    if _only_by_resource(request):
        return any_of((named_closely, all_of((names.account, within))))
    return any_of((named_closely, within))


def _only_by_resource(request: Request) -> bool:
    """Whether the resource's policy must let the caller or its account in: of roles and of KMS keys it must."""
    part = arn_part(request.target.arn, 5)
    if request.service == "kms":
        return part.startswith("key/")
    return request.action.lower() in _TRUST and part.startswith("role/")


def _barred(request: Request) -> Layer:
    """What no policy opens: the root user becomes no role, and temporary keys are not good for all of IAM and STS
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html,
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html)."""
    name, kind, truth = "kind of credential", request.caller.kind, _is_barred(request)
    if truth is False:
        return Layer(name, Named(True))
    of_user = kind == CredentialKind.USER_SESSION
    doubt = Doubt("key", "aws:multifactorauthpresent") if of_user else Doubt("credential", "console session or not")
    return Layer(name, Named(True), truth, (Reason(name, _SAYS[False, truth]),), () if truth else (doubt,))


def _is_barred(request: Request) -> Truth:
    caller, action = request.caller, request.action.lower()
    calls_iam = request.service == "iam" and action != "iam:passrole"  # which is asked for beside another call
    if caller.kind in OF_ROLES:
        return action in ("sts:getsessiontoken", "sts:getfederationtoken")
    if caller.kind == CredentialKind.USER_SESSION:
        if calls_iam:
            return opposite(caller.mfa)
        return request.service == "sts" and action not in ("sts:getcalleridentity", "sts:assumerole")
    if caller.kind == CredentialKind.FEDERATED_USER_SESSION:
        if calls_iam:
            return None  # through the API, and not in the console
        return request.service == "sts" and action != "sts:getcalleridentity"
    return caller.principal.is_root and action == "sts:assumerole"


def _over_resource(weighing: _Weighing, organization: Organization | None) -> list[Layer]:
    """A layer for each level above the account that owns the resource: only what it denies counts, for what every
    resource control policy has besides allows everything.

    Which services they reach grows: of one that is not in the list nobody can say that it is denied.
    """
    request = weighing.request
    over = organization.over(request.target_account, request.caller) if organization else ()
    found = [weighing.layer(f"resource control policy at {level.name}", level.of_resources) for level in over]
    denying = [
        each._replace(allow=Named(True), reasons=_denying(each.reasons)) for each in found if each.deny is not False
    ]
    if request.service in UNDER_RESOURCE_CONTROL:
        return denying
    doubt = Doubt("service", f"{request.service}, of which it is not known whether resource control policies reach it")
    return [each._replace(deny=None, doubts=(*each.doubts, doubt)) for each in denying]


def _denying(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(each for each in reasons if each.statement is not None and not each.statement.allows)


def _session_layer(weighing: _Weighing) -> Layer | None:
    """None where no session policy limits: without one, only a federated user has no rights at all."""
    caller = weighing.request.caller
    if caller.session_policies or caller.kind == CredentialKind.FEDERATED_USER_SESSION:
        return weighing.layer(SESSION, caller.session_policies)
    return None


def _ceiling(weighing: _Weighing, organization: Organization | None) -> tuple[list[Layer], Layer]:
    """A layer for each level above the account, and what they allow together."""
    above = organization.above(weighing.request.caller) if organization else ()
    if above is None:
        account = weighing.request.caller.principal.account
        return [], Layer("organization", Named(None), doubts=(Doubt("organization", f"of account {account}"),))
    levels = [weighing.layer(f"service control policy at {level.name}", level.policies) for level in above]
    return levels, Layer("organization", Named(all_of(level.allow.at_all() for level in levels)))


class _Weighing:
    """One request against policies."""

    def __init__(self, request: Request, context: Context, concerning: Concerning | None) -> None:
        self.request = request
        self._context = context
        self._concerning = concerning or (lambda document: concerning_of(document, request.action, request.target.arn))

    def layer(self, name: str, documents: Iterable[PolicyDocument]) -> Layer:
        """What `documents` say together."""
        allow, deny = NOBODY, list[Truth]()
        reasons, doubts = list[Reason](), list[Doubt]()
        for statement in (each for document in documents for each in self._concerning(document)):
            found, open_points = self._applies(statement)
            truth = found.at_all()
            if truth is False:
                continue
            if statement.allows:
                allow = allow.or_by(found)
            else:
                deny.append(truth)
            reasons.append(Reason(name, _SAYS[statement.allows, truth], statement))
            if None in found:
                doubts += open_points
        return Layer(name, allow, any_of(deny), tuple(reasons), tuple(doubts))

    def _applies(self, statement: Statement) -> tuple[Named, list[Doubt]]:
        """Whether and how `statement` applies, and what keeps that open."""
        doubts = list[Doubt]()

        def note(kind: str, name: str) -> None:
            doubts.append(Doubt(kind, name, statement))

        names = named(statement, self.request.caller)
        if names.at_all() is False:
            return NOBODY, doubts
        if None in names:
            listed = statement.principals.names if statement.principals else ()
            note("principal", ", ".join(name for _, name in listed))
        on_target = self._on_target(statement)
        if on_target is None:
            note("variable", "in the resource")
        for element in statement.unrecognised:
            note("element", element)
        sure = None if statement.unrecognised else True
        return names.if_also(all_of((on_target, sure, met(statement.clauses, self._context, note)))), doubts

    def _on_target(self, statement: Statement) -> Truth:
        """Fixed patterns were asked before; here those with variables join in."""
        if statement.resources is None or all(form.fixed is not None for form in statement.resources):
            return True
        arn = self.request.target.arn
        filled = (fill(form, self._context.value) for form in statement.resources)
        found = any_of(holds(form, lambda pattern: matches(pattern, arn)) for form in filled)
        return opposite(found) if statement.resources_negated else found


def concerning_of(document: PolicyDocument, action: str, arn: str) -> Iterator[Statement]:
    """The statements of `document` that concern `action` and may concern the resource `arn`."""
    lower = action.lower()
    for statement in document.statements:
        if concerns_action(statement, lower) and _may_concern(statement, arn):
            yield statement


def concerns_action(statement: Statement, action: str) -> bool:
    """Whether `statement` is about `action`, in lower case."""
    return any(matches(pattern, action) for pattern in statement.actions) != statement.actions_negated


def _may_concern(statement: Statement, arn: str) -> bool:
    if statement.resources is None:
        return True
    fixed = [form.fixed for form in statement.resources if form.fixed is not None]
    found = any(matches(pattern, arn) for pattern in fixed)
    if statement.resources_negated:
        return not found
    return found or len(fixed) < len(statement.resources)


def _organization_id(request: Request, organization: Organization | None) -> str:
    inside = organization and request.caller.principal.account in organization.levels
    return organization.id if organization and inside else ""


def _told(truth: Truth, request: Request, layers: list[Layer], known: Truth) -> Decision:
    """The decision, with what speaks for it: denials alone where there are some, else who allows or fails to."""
    reasons = [reason for layer in layers for reason in layer.reasons]
    if truth:
        return Decision(Access.ALLOWED, tuple(reason for reason in reasons if reason.says == "allows"))
    lacking = [Reason(layer.name, "does not allow") for layer in layers if layer.allow.at_all() is False]
    if truth is False:
        denying = tuple(reason for reason in reasons if reason.says == "denies")
        return Decision(Access.DENIED, denying or tuple(reason for reason in lacking if reason.layer != "organization"))
    doubts = [doubt for layer in layers for doubt in layer.doubts]
    doubts += [] if known else [Doubt("service", request.service)]
    return Decision(Access.MAY_BE, tuple(reasons), tuple(doubts))
