"""The sessions that a command cut last: what checks a file and what answers a question ask for the same ones, and all
policies of a comparison resolve the same entitlements."""

from __future__ import annotations

from simkit.model import Model
from simkit.policies.dials import GrantPolicy
from simkit.policies.sessions import Sessions, sessions
from simkit.remembered import recalled, remember

_LAST = "the policy and the period that a model was cut under last, and its sessions"


def last_or_new(model: Model, policy: GrantPolicy, rotation_period: float) -> Sessions:
    """`sessions` of these: those that were asked for last, if they are of the same."""
    last: tuple[GrantPolicy, float, Sessions] | None = recalled(_LAST)
    before = last[2] if last is not None and last[2].model is model else None
    if last is not None and before and last[0] is policy and last[1] is rotation_period:
        return before
    made = sessions(model, policy, rotation_period=rotation_period, before=before)
    remember(_LAST, (policy, rotation_period, made))
    return made
