"""Random words about people who approve, respond, and attack: now and then somebody in a way of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from simkit.distributions import Exponential, Fixed
from simkit.model import ApprovalRule, Attacker, Model, Quorum, Responder, Response, ResponseAction
from simkit.policies import DIALS, policy

ACTIONS = tuple(map(ResponseAction, ("revoke-secret", "disable", "terminate-sessions", "clean-content", "evict-code")))
ASKING = "asking"


attackers = st.one_of(
    st.just(Attacker()),
    st.just(Attacker()),
    st.builds(Attacker, st.just(()), st.just("each-time"), st.sampled_from((None, 60.0, 600.0))),
)
"""Who attacks: now and then somebody who tries each time."""


@st.composite
def in_force(draw: st.DrawFn, names: Sequence[str]) -> dict[str, Any]:
    """Who attacks and the policy in force, as fields of a scenario: one of `names`, or one that asks people besides."""
    name, attacker = draw(st.sampled_from(names)), draw(attackers)
    if draw(st.integers(0, 3)):
        return {"policy": name, "attacker": attacker}
    asks = policy(name).turned(
        name=ASKING,
        summary="",
        approval=draw(st.sampled_from(DIALS["approval"].settings)),
        asked=draw(st.sampled_from(DIALS["asked"].settings)),
        approved_for=draw(st.sampled_from((None, 900.0))),
    )
    return {"policy": ASKING, "policies": {ASKING: asks}, "attacker": attacker}


@st.composite
def approval_rules(draw: st.DrawFn, model: Model) -> dict[str, ApprovalRule]:
    """A rule of approval for all operations: some people, who may see something else, and where nobody is asked."""
    k = draw(st.integers(1, 3))
    exempt = draw(st.sets(st.sampled_from(sorted(model.roles)), max_size=1)) if model.roles else ()
    places = sorted({*model.tasks, *(identity.environment for identity in model.identities.values())})
    off_in = draw(st.sets(st.sampled_from(places), max_size=1))
    of = Quorum(k, k + draw(st.integers(0, 1)))
    return {"rule": ApprovalRule("rule", (), of, draw(st.booleans()), tuple(exempt), tuple(off_in))}


@st.composite
def with_responders(draw: st.DrawFn, response: Response, model: Model) -> Response:
    """`response`, now and then with a rule of approval, with somebody who responds in their own way, and with a
    credential that is forgotten."""
    if draw(st.integers(0, 3)) == 0:
        response = replace(response, approvals=draw(approval_rules(model)))
    if draw(st.integers(0, 2)):
        return response
    governs = draw(st.sets(st.sampled_from(sorted((*model.identities, *model.resources))), min_size=1, max_size=3))
    delay = draw(st.sampled_from((None, Fixed(600.0), Exponential(1800.0))))
    actions = tuple(draw(st.lists(st.sampled_from(ACTIONS), max_size=2, unique=True)))
    forgets = draw(st.sets(st.sampled_from(sorted(model.credentials)), max_size=1)) if model.credentials else ()
    responder = Responder("somebody", tuple(sorted(governs)), delay, actions)
    return replace(response, responders={"somebody": responder}, forgets=tuple(forgets))
