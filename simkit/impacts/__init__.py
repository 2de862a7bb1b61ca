"""What another grant design would have done to the work that was seen."""

from simkit.impacts.impact import SHARES, Impact, ImpactRow, StoppedRun, impact, json_schema

__all__ = ["SHARES", "Impact", "ImpactRow", "StoppedRun", "impact", "json_schema"]
