"""How long a session outlives what opened it."""

from __future__ import annotations

from simkit.attackgraph import ACTIONS

Outlives = tuple[float | None, ...]
"""Seconds for each of `ACTIONS`; None is for ever."""


def surviving(seconds: float | None) -> Outlives:
    """Of a session that goes on for `seconds` whatever befalls what opened it, unless sessions are terminated."""
    return tuple(0.0 if action == "terminate-sessions" else seconds for action in ACTIONS)
