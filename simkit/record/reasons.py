"""Why a step was let through or not: by its own luck, by a person, by the checks of its context, or by time."""

from __future__ import annotations

from simkit.attackgraph import Fact, Step
from simkit.entitlements import FREELY, Grant, always
from simkit.fate import threshold
from simkit.model import Operation
from simkit.policies import Oversight, consent
from simkit.record.views import MODES, Views
from simkit.techniques import Rule, rules
from simkit.techniques.grounds import grant_of, kind_of

ALLOWED, DENIED = "allowed", "denied"
ROUNDING = 1e-9
"""Chances that differ by less are the same number, multiplied in another order."""


def rule_of(step: Step) -> Rule:
    """What the rule of `step` says of itself; of one that no technique declares, nothing."""
    return rules().get(step.rule) or Rule(step.rule, None)


def session_of(step: Step) -> str:
    """The session in which `step` is taken; empty for what needs none."""
    return next((premise.subject for premise in step.premises if premise.kind in (*MODES, "asks")), "")


def operation_of(step: Step, views: Views) -> Operation | None:
    """The operation whose entitlement `step` uses, if the views know it."""
    grant = grant_of(step)
    return views.model.operation(grant[0]) if grant and views.model else None


def why_executed(step: Step, views: Views) -> str:
    """Why an executed `step` was let through."""
    own, asked, checked = _filters(step, views)
    by = [_entitled(step, grant, views) if (grant := grant_of(step)) else _by_ground(step)]
    if own - asked > ROUNDING:
        by.append("a person approved it")
    if asked - checked > ROUNDING:
        by.append("the checks missed that it was out of context")
    return "; ".join(by)


def _entitled(step: Step, grant: Grant, views: Views) -> str:
    """Through which roles; where a tier shares the session, through those of whom."""
    owner = step.ground.names[0]
    through = views.through(owner, grant)
    if not through:
        return "entitled by what was granted during the attack"
    shared = len(views.identities(session_of(step))) > 1
    return f"entitled by {' and '.join(through)}" + (f" of {owner}, which shares the session" if shared else "")


def _by_ground(step: Step) -> str:
    """What let the step happen that uses no entitlement."""
    words = rule_of(step).because or kind_of(step.ground).because
    if words:
        return words.format(*step.ground.names)
    return f"by {step.ground.kind} {' '.join(name for name in step.ground.names if name)}"


def why_refused(step: Step, word: int, views: Views) -> tuple[str, str]:
    """The decision (allowed or denied) about a `step` whose drawn `word` did not let it succeed, and why.

    Chances multiply along one draw: what the operation itself may lose comes first, then the person who must approve,
    then the checks of its context.
    """
    own, asked, _ = _filters(step, views)
    if word >= threshold(own):
        return ALLOWED, _by_itself(step)
    if word >= threshold(asked):
        return DENIED, "the person who must approve it refused"
    return DENIED, "out of context: the checks of the grant policy caught it"


def why_cut_short(lapsed: Fact) -> tuple[str, str]:
    """The decision about a step under way when one of its premises ended, and why."""
    return DENIED, f"it was under way when {lapsed} ended"


def why_closed() -> tuple[str, str]:
    """The decision about a step whose account responders have closed, and why."""
    return DENIED, "responders have closed the account"


def _by_itself(step: Step) -> str:
    if rule_of(step).persuades:
        return "the agent did not follow the planted content"
    return "it was allowed, but did not work"


def _filters(step: Step, views: Views) -> tuple[float, float, float]:
    """The chance that the step works if it is let through; that a person lets it; that the checks do too."""
    own = min(_own_chance(step, views), 1.0)
    asked = own * _agreed(step, views) if _needs_person(step, views) else own
    return max(own, step.chance), max(asked, step.chance), step.chance


def _agreed(step: Step, views: Views) -> float:
    """The chance that those who are asked about `step` agree."""
    grant = grant_of(step)
    return consent(views.response, views.approvals.rule(grant[0]) if views.approvals and grant else "").chance


def _own_chance(step: Step, views: Views) -> float:
    if views.model is None or not _is_judged(step):
        return step.chance
    operation = operation_of(step, views)
    chance = operation.chance if operation else 1.0
    steered = any(conclusion.fact.kind in MODES for conclusion in step.conclusions)
    if rule_of(step).persuades and steered:
        chance *= views.model.identities[step.ground.names[2]].susceptibility
    return chance


def _is_judged(step: Step) -> bool:
    """True for what one session does by what it is allowed, which policies and people may stop; what the attack does
    with what it has taken is judged by nobody."""
    return rule_of(step).logged in ("call", "switch")


def _gained(step: Step, views: Views) -> str:
    """The role through which the session has what it uses, if the attack gave it."""
    given = (premise.subject for premise in step.premises if premise.kind == "performed")
    roles = (views.model.operation(name).role for name in given) if views.model else iter(())
    return next(filter(None, roles), "")


def _needs_person(step: Step, views: Views) -> bool:
    grant, operation = grant_of(step), operation_of(step, views)
    session = views.sessions.get(session_of(step))
    if grant is None or operation is None or session is None:
        return False
    if views.approvals is not None and views.approvals.spare(session, grant, _gained(step, views)):
        return False
    if always("approval", session.grants.get(grant, FREELY)):
        return True
    asking = Oversight.of(views.cut, session) if views.cut else None
    approved = any(premise.kind == "approved" for premise in step.premises)
    return asking is not None and not approved and bool(asking.waits(grant))
