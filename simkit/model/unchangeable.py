"""What nobody can change: a proposal to change it would be of no use."""

from __future__ import annotations

from dataclasses import dataclass

CHANGES = (
    *("drop-entitlement", "drop-role", "bind-targets", "cut-trust", "attenuate-trust", "move-credential"),
    *("move-file", "add-deny", "set-boundary", "limit-token", "ask-claims", "lower-quota"),
    *("close-runtime", "stop-answers", "ask-one-more", "end-exception", "show-what-is-done"),
    *("shorten-ttl", "constrain-sender", "add-condition", "turn-dial"),
    *("answer-sooner", "do-more", "log-more", "keep-longer"),
)
"""The kinds of change that narrowing proposes."""


@dataclass(frozen=True, slots=True)
class Unchangeable:
    """Things by `what` (globs of their names) of which no change can be made, and why.

    A change is about a role, an identity, a credential, a resource, an operation, or a trust edge
    (`ci -assume-> deployer`). `changes` are the kinds that cannot be made, each alone or as it would be
    made (`add-condition approval`, `turn-dial sender`, `shorten-ttl 15 min`); none named: no kind can.
    """

    what: tuple[str, ...]
    why: str
    changes: tuple[str, ...] = ()
