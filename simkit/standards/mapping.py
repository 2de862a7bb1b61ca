"""Which entries of the public lists each of simkit's rules is relevant to.

"Relevant to" is all that is claimed: a step of this rule is an instance of, or is made worse by, what the entry
describes. It never means that a control for the entry prevents the step, nor that a run tests the entry. The choices
are simkit's own reading of the titles and texts, made rule by rule; nobody at MITRE or OWASP has reviewed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simkit.standards.lists import LISTS, Reference
from simkit.table import Table
from simkit.techniques import rules

RELEVANT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    name: dict(zip(LISTS, rule.relevant, strict=True)) for name, rule in rules().items() if rule.relevant is not None
}
"""For each rule and each list, the identifiers; an empty tuple says that nothing in the pinned list fits. What has no
effect, or only adds up, is in no list. Each technique says this of its rules (see `simkit.techniques.rule`)."""


def of(technique_rule: str) -> tuple[Reference, ...]:
    """What the rule is relevant to, list by list; empty where it is unmapped (as a plug-in's own rules are).

    >>> [reference.id for reference in of("delete")]
    ['T1485', 'AML.T0101', 'ASI02', 'NHI5:2025']
    >>> of("a-rule-of-a-plug-in")
    ()
    """
    return tuple(
        LISTS[name].reference(identifier)
        for name, identifiers in _mapped(technique_rule).items()
        for identifier in identifiers
    )


def crosswalk(rules: Iterable[str] | None = None) -> Table:
    """`rules` (None: all of simkit's own) against every list, with `unmapped` where nothing fits."""
    columns = ("rule", *(f"{entry.name} {entry.version}" for entry in LISTS.values()))
    rows = [(rule, *(_found(rule, name) for name in LISTS)) for rule in (RELEVANT if rules is None else rules)]
    note = "Relevant to, never prevents. simkit's own reading, not reviewed by the lists' authors."
    return Table(columns, rows, title="Rules in the public lists", note=note)


def _found(rule: str, name: str) -> str:
    return ", ".join(_mapped(rule).get(name, ())) or "unmapped"


def _mapped(rule: str) -> Mapping[str, tuple[str, ...]]:
    """The identifiers for `rule`, list by list, a rule that was declared since this module was read included."""
    found = rules().get(rule)
    return dict(zip(LISTS, found.relevant, strict=True)) if found and found.relevant else {}
