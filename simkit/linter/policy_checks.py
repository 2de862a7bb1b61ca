"""Checks of the policies that a file defines."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from simkit.linter.check import Slip
from simkit.linter.inspected import Inspected
from simkit.model.identities import ENVIRONMENTS, IDENTITY_KINDS, STAGES
from simkit.policies import NAMED, Selector

WORDS = {"kind": IDENTITY_KINDS, "stage": STAGES, "environment": ENVIRONMENTS}
"""What the field of an identity may say, where the format has a list: such a word may well fit nobody in one file."""
FIELDS = ("name", "kind", "stage", "environment", "tier")


def selector_of_nobody(inspected: Inspected) -> Iterator[Slip]:
    """A policy of the file that governs nobody, and a glob in it that fits nobody."""
    identities = list(inspected.model.identities.values())
    for name, policy in inspected.scenario.policies.items():
        where = ("policies", name, "applies_to")
        if policy.otherwise is None or not inspected.said(where):
            continue
        touched = frozenset({name})
        wrong = list(_wrong(inspected, policy.applies_to))
        for field, index, pattern in wrong:
            says = f"{field} {pattern!r} of policy {name} fits no identity: mend it, or remove it"
            yield Slip((*where, field, index), says, touched)
        if not wrong and not any(policy.applies_to.governs(identity) for identity in identities):
            says = (
                f"policy {name} governs nobody, so that {policy.otherwise.name} governs everybody: name somebody in "
                f"`applies_to`, or remove it"
            )
            yield Slip(where, says, touched)


def _wrong(inspected: Inspected, selector: Selector) -> Iterator[tuple[str, int, str]]:
    """Each glob that fits nobody and is no word of the format: its field, its place there, and itself."""
    for field in FIELDS:
        values = {getattr(identity, field) for identity in inspected.model.identities.values()}
        for index, pattern in enumerate(getattr(selector, field)):
            if not any(fnmatchcase(value, pattern) for value in (*values, *WORDS.get(field, ()))):
                yield field, index, pattern


def policy_of_a_built_in_name(inspected: Inspected) -> Iterator[Slip]:
    """A policy of the file that is called as one of the package."""
    for name in inspected.scenario.policies:
        if name in NAMED:
            says = f"the policy {name} of this file stands for the built-in one wherever it is named: call it otherwise"
            yield Slip(("policies", name), says, frozenset({name}))
