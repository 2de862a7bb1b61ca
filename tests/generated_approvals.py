"""Random words about people who approve: the policy in force, now and then with a person who is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from simkit.policies import DIALS, policy

ASKING = "asking"


@st.composite
def in_force(draw: st.DrawFn, names: Sequence[str]) -> dict[str, Any]:
    """The policy in force, as fields of a scenario: one of `names`, or one that asks people besides."""
    name = draw(st.sampled_from(names))
    if draw(st.integers(0, 3)):
        return {"policy": name}
    asks = policy(name).turned(
        name=ASKING,
        summary="",
        approval=draw(st.sampled_from(DIALS["approval"].settings)),
        asked=draw(st.sampled_from(DIALS["asked"].settings)),
        approved_for=draw(st.sampled_from((None, 900.0))),
    )
    return {"policy": ASKING, "policies": {ASKING: asks}}
