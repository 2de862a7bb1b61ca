"""What the attacker is after."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attacker:
    """Who attacks.

    `aims_at` names goals: only what can help to reach one of them is done. Empty: whatever can be done is, at once.
    """

    aims_at: tuple[str, ...] = ()
