"""What the attacker is after, and how often it is tried."""

from __future__ import annotations

from dataclasses import dataclass

TRIES = ("once", "each-time")
"""Whether what may fail is tried once, or in each run of a task again."""


@dataclass(frozen=True, slots=True)
class Attacker:
    """Who attacks.

    `aims_at` names goals: only what can help to reach one of them is done. Empty: whatever can be done is, at once.
    `tries` is one of `TRIES`: under `each-time` every run of a task is a new try, and the attacker's own call that was
    refused is made again every `retry` seconds (None: never).
    """

    aims_at: tuple[str, ...] = ()
    tries: str = "once"
    retry: float | None = None

    @property
    def persists(self) -> bool:
        """True for one who tries each time."""
        return self.tries == "each-time"
