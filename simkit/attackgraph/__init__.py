"""What can be computed: facts, the steps between them, and their arrays."""

from simkit.attackgraph.facts import LASTING, SURVIVING, Conclusion, Entry, Fact, Ground, Step, Variant
from simkit.attackgraph.graph import AttackGraph, Containment

__all__ = [
    "LASTING",
    "SURVIVING",
    "AttackGraph",
    "Conclusion",
    "Containment",
    "Entry",
    "Fact",
    "Ground",
    "Step",
    "Variant",
]
