"""Graph in, outcomes out: engines see arrays, never agents or tokens."""

from simkit.engines.outcomes import NEVER, Outcomes

__all__ = ["NEVER", "Outcomes"]
