"""Narrowings in practice: where a dial is turned and with what, and all that a short name leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simkit.entitlements import Resolver
from simkit.model import Model
from simkit.narrowing.edits.edit import SHOWN, Narrowing
from simkit.narrowing.edits.removals import DropEntitlements
from simkit.narrowing.edits.restrictions import TurnDial
from simkit.table import Table
from simkit.techniques.givers import written

MOST_TOOLS = 3
"""So many tools are named before the rest is counted."""
_CUT = "a session policy (AWS), a down-scoped token (Google), or fewer scopes at the token endpoint"
_GATE = "a gateway in front of {tools}, or the client's own hook before a tool is used"
_WAITS = "waits there for a person, or by the client's own `ask` rules"
DIALS_IN_PRACTICE: Mapping[tuple[str, str], str] = {
    ("identity", "workload"): "an account and a key for {who} alone, in place of those that its tier shares",
    ("identity", "task"): "an identity for each run of {who}: an assumed role, or an exchanged token (RFC 8693)",
    ("scope", "role"): "roles of {who} with what it uses, in place of those of its tier",
    ("scope", "task+reads"): f"tokens cut when the task starts, to its writes and the reads of the role: {_CUT}",
    ("scope", "task"): f"tokens cut when the task starts, to what it needs: {_CUT}",
    (
        "scope",
        "task+arguments",
    ): "tokens cut when the task starts, to what it needs and on what: the targets in "
    "the request (authorization_details, RFC 9396), or a policy engine that {tools} ask",
    ("expiry", "ttl"): "a time to live on what is issued to {who}, set where it is issued",
    ("expiry", "completion"): "whoever starts the task revokes its tokens when it ends (RFC 7009)",
    ("context", "checks"): f"{_GATE}: it refuses calls from elsewhere, into another environment, and what changes or "
    "sends once outsiders' words were read",
    ("context", "approval"): f"{_GATE}: it refuses as `checks` does, and what has a high impact {_WAITS}",
    ("approval", "high-impact"): f"{_GATE}: what has a high impact {_WAITS}",
    ("approval", "all"): f"{_GATE}: every operation {_WAITS}",
    ("asked", "time"): "who approves for {who} says for how long, and what asks keeps that time",
    ("asked", "task"): "what asks keeps an approval for the run that it was given in",
    ("asked", "each-use"): "what asks keeps no approval: no `always allow` for {who}",
    ("binding", "sender-constrained"): "mutual TLS or DPoP (RFC 8705, RFC 9449) where {who} gets its tokens, which "
    "{tools} check",
    ("delegation", "attenuated"): "a token exchange that keeps the caller's limits (RFC 8693), or a session policy, at "
    "each step from {who} to another identity",
}
"""By dial and setting: what an engineer sets up, and where. Our suggestions, by the standards that they name."""


def in_practice(narrowing: Narrowing, model: Model) -> str:
    """How a dial is turned, or all that a narrowing takes where its name says only how much more; else nothing."""
    if isinstance(narrowing, TurnDial):
        said = DIALS_IN_PRACTICE[narrowing.dial, narrowing.setting]
        return said.format(who=narrowing.identity, tools=_tools(narrowing.identity, model))
    if isinstance(narrowing, DropEntitlements) and len(narrowing.grants) > SHOWN:
        return ", ".join(map(written, narrowing.grants))
    return ""


def in_practice_table(narrowings: Sequence[Narrowing], model: Model) -> Table:
    """How each narrowing is carried out that says so, by its place."""
    rows = [(place, said) for place, each in enumerate(narrowings, 1) if (said := in_practice(each, model))]
    return Table(("", "how"), rows, title="in practice", note="Where a dial is turned, and all that a name leaves out.")


def _tools(identity: str, model: Model) -> str:
    """The tools that an identity may use, the first few by name."""
    used = dict.fromkeys(operation.partition(".")[0] for operation, _ in Resolver(model).identity(identity))
    names = list(used)
    more = [f"{len(names) - MOST_TOOLS} more tools"] if len(names) > MOST_TOOLS else []
    return ", ".join([*names[:MOST_TOOLS], *more]) or "the tools"
