"""What can be computed: facts, the steps between them, and their arrays."""

from simkit.attackgraph.facts import (
    ACTIONS,
    LASTING,
    Action,
    Conclusion,
    Containment,
    Entry,
    Fact,
    Ground,
    Step,
    Variant,
)
from simkit.attackgraph.graph import AttackGraph

__all__ = [
    "ACTIONS",
    "LASTING",
    "Action",
    "AttackGraph",
    "Conclusion",
    "Containment",
    "Entry",
    "Fact",
    "Ground",
    "Step",
    "Variant",
]
