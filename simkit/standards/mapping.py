"""Which entries of the public lists each of simkit's rules is relevant to.

"Relevant to" is all that is claimed: a step of this rule is an instance of, or is made worse by, what the entry
describes. It never means that a control for the entry prevents the step, nor that a run tests the entry. The choices
are simkit's own reading of the titles and texts, made rule by rule; nobody at MITRE or OWASP has reviewed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simkit.standards.lists import AGENTIC, ATLAS, ATTACK, LISTS, NHI, Reference
from simkit.table import Table

RELEVANT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "leak": {
        ATTACK.name: ("T1552.001", "T1528"),
        ATLAS.name: ("AML.T0055", "AML.T0083"),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI2:2025", "NHI7:2025"),
    },
    "poison": {
        ATTACK.name: (),
        ATLAS.name: ("AML.T0051.001", "AML.T0080"),
        AGENTIC.name: ("ASI01", "ASI06"),
        NHI.name: (),
    },
    "compromise": {
        ATTACK.name: ("T1078.004",),
        ATLAS.name: ("AML.T0012",),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI3:2025",),
    },
    "mistake": {
        ATTACK.name: (),
        ATLAS.name: (),
        AGENTIC.name: ("ASI02", "ASI10"),
        NHI.name: ("NHI5:2025", "NHI8:2025"),
    },
    "redeem": {
        ATTACK.name: ("T1550.001", "T1078.004"),
        ATLAS.name: ("AML.T0091.000", "AML.T0012"),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI4:2025", "NHI7:2025"),
    },
    "read": {
        ATTACK.name: ("T1213.003", "T1213.006", "T1555.006"),
        ATLAS.name: ("AML.T0085",),
        AGENTIC.name: ("ASI02",),
        NHI.name: ("NHI5:2025",),
    },
    "exfiltrate": {
        ATTACK.name: (),
        ATLAS.name: ("AML.T0086",),
        AGENTIC.name: ("ASI01", "ASI02"),
        NHI.name: (),
    },
    "pick-up": {
        ATTACK.name: ("T1552.001", "T1552.008"),
        ATLAS.name: ("AML.T0082", "AML.T0098"),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI2:2025", "NHI9:2025"),
    },
    "send": {
        ATTACK.name: (),
        ATLAS.name: ("AML.T0053", "AML.T0086"),
        AGENTIC.name: ("ASI02",),
        NHI.name: ("NHI5:2025",),
    },
    "write": {
        ATTACK.name: (),
        ATLAS.name: ("AML.T0053",),
        AGENTIC.name: ("ASI02",),
        NHI.name: ("NHI5:2025",),
    },
    "delete": {
        ATTACK.name: ("T1485",),
        ATLAS.name: ("AML.T0101",),
        AGENTIC.name: ("ASI02",),
        NHI.name: ("NHI5:2025",),
    },
    "execute": {
        ATTACK.name: ("T1651",),
        ATLAS.name: ("AML.T0053",),
        AGENTIC.name: ("ASI05",),
        NHI.name: ("NHI5:2025",),
    },
    "inhabit": {
        ATTACK.name: ("T1528", "T1552.005"),
        ATLAS.name: ("AML.T0055",),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI9:2025",),
    },
    "steer": {
        ATTACK.name: (),
        ATLAS.name: ("AML.T0051.001",),
        AGENTIC.name: ("ASI01",),
        NHI.name: (),
    },
    "invoke": {
        ATTACK.name: (),
        ATLAS.name: ("AML.T0051.001",),
        AGENTIC.name: ("ASI07", "ASI08"),
        NHI.name: (),
    },
    "assume": {
        ATTACK.name: ("T1548.005", "T1199"),
        ATLAS.name: (),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI5:2025",),
    },
    "mint": {
        ATTACK.name: ("T1098.001",),
        ATLAS.name: (),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI1:2025", "NHI7:2025"),
    },
    "grant": {
        ATTACK.name: ("T1098.003",),
        ATLAS.name: (),
        AGENTIC.name: ("ASI03",),
        NHI.name: ("NHI5:2025",),
    },
}
"""For each rule and each list, the identifiers; an empty tuple says that nothing in the pinned list fits."""


def of(technique_rule: str) -> tuple[Reference, ...]:
    """What the rule is relevant to, list by list; empty where it is unmapped (as a plug-in's own rules are).

    >>> [reference.id for reference in of("delete")]
    ['T1485', 'AML.T0101', 'ASI02', 'NHI5:2025']
    >>> of("a-rule-of-a-plug-in")
    ()
    """
    return tuple(
        LISTS[name].reference(identifier)
        for name, identifiers in RELEVANT.get(technique_rule, {}).items()
        for identifier in identifiers
    )


def crosswalk(rules: Iterable[str] | None = None) -> Table:
    """`rules` (None: all of simkit's own) against every list, with `unmapped` where nothing fits."""
    columns = ("rule", *(f"{entry.name} {entry.version}" for entry in LISTS.values()))
    rows = [(rule, *(_found(rule, name) for name in LISTS)) for rule in (RELEVANT if rules is None else rules)]
    note = "Relevant to, never prevents. simkit's own reading, not reviewed by the lists' authors."
    return Table(columns, rows, title="Rules in the public lists", note=note)


def _found(rule: str, name: str) -> str:
    return ", ".join(RELEVANT.get(rule, {}).get(name, ())) or "unmapped"
