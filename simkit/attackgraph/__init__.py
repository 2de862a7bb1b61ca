"""What can be computed: facts, the steps between them, and their arrays."""

from simkit.attackgraph.facts import LASTING, SURVIVING, Cause, Conclusion, Entry, Fact, Step, Variant
from simkit.attackgraph.graph import AttackGraph, Containment

__all__ = [
    "LASTING",
    "SURVIVING",
    "AttackGraph",
    "Cause",
    "Conclusion",
    "Containment",
    "Entry",
    "Fact",
    "Step",
    "Variant",
]
