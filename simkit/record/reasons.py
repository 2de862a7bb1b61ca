"""Why a step was let through or not: by its own luck, by a person, by the checks of its context, or by time."""

from __future__ import annotations

from simkit.attackgraph import Fact, Step
from simkit.fate import threshold
from simkit.model import Operation
from simkit.record.views import MODES, Views

ALLOWED, DENIED = "allowed", "denied"
ROUNDING = 1e-9
"""Chances that differ by less are the same number, multiplied in another order."""


def session_of(step: Step) -> str:
    """The session in which `step` is taken; empty for what needs none."""
    return next((premise.subject for premise in step.premises if premise.kind in MODES), "")


def operation_of(step: Step, views: Views) -> Operation | None:
    """The operation whose entitlement `step` uses, if the views know it."""
    if step.cause.kind != "entitlement" or views.model is None:
        return None
    return views.model.operation(step.cause.names[1])


def why_executed(step: Step, views: Views) -> str:
    """Why an executed `step` was let through."""
    own, asked, checked = _filters(step, views)
    by = [_entitled(step, views) if step.cause.kind == "entitlement" else _by_cause(step)]
    if own - asked > ROUNDING:
        by.append("a person approved it")
    if asked - checked > ROUNDING:
        by.append("the checks missed that it was out of context")
    return "; ".join(by)


def _entitled(step: Step, views: Views) -> str:
    """Through which roles; where a tier shares the session, through those of whom."""
    owner, operation, target = step.cause.names
    through = views.through(owner, (operation, target))
    if not through:
        return "entitled by what was granted during the attack"
    shared = len(views.identities(session_of(step))) > 1
    return f"entitled by {' and '.join(through)}" + (f" of {owner}, which shares the session" if shared else "")


def _by_cause(step: Step) -> str:
    """What let the step happen that uses no entitlement."""
    names = step.cause.names
    match step.cause.kind:
        case "task":
            return f"{names[1]} is read in task {names[0]}"
        case "credential":
            return f"with credential {names[0]}"
        case "trust":
            return f"through trust edge {names[0]} -{names[1]}-> {names[2]}"
        case "entry":
            return f"the attack starts with {names[0]}"
        case "goal":
            return "all that it takes has happened"
        case "flow" if step.rule == "exfiltrate":
            return "the session has seen it and has a way out"
        case "flow" if step.rule == "inhabit":
            return f"it lies in the runtime of {names[0]}, where the attacker runs code"
    return f"by {step.cause.kind} {' '.join(name for name in names if name)}"


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


def _by_itself(step: Step) -> str:
    if step.rule in ("steer", "invoke"):
        return "the agent did not follow the planted content"
    return "it was allowed, but did not work"


def _filters(step: Step, views: Views) -> tuple[float, float, float]:
    """The chance that the step works if it is let through; that a person lets it; that the checks do too."""
    own = min(_own_chance(step, views), 1.0)
    asked = own * views.response.rubber_stamp if _needs_person(step, views) else own
    return max(own, step.chance), max(asked, step.chance), step.chance


def _own_chance(step: Step, views: Views) -> float:
    if views.model is None or step.cause.kind not in ("entitlement", "trust"):
        return step.chance
    operation = operation_of(step, views)
    chance = operation.chance if operation else 1.0
    steered = any(conclusion.fact.kind in MODES for conclusion in step.conclusions)
    if step.rule == "invoke" and steered:
        chance *= views.model.identities[step.cause.names[2]].susceptibility
    return chance


def _needs_person(step: Step, views: Views) -> bool:
    operation, session = operation_of(step, views), views.sessions.get(session_of(step))
    if operation is None or session is None:
        return False
    _, name, target = step.cause.names
    conditions = session.grants.get((name, target), frozenset())
    return "approval" in conditions or (session.policy.context == "approval" and operation.waits_for_approval)
