"""Copy into the tests of a project that keeps its scenarios in scenarios/."""

import pytest


def test_customers_are_safe(blast_radius):
    support = blast_radius("scenarios/starter.yaml", policy="task-scoped", entry_point="poisoned-ticket")
    assert support.chance("customers-leaked") <= 0.10
    assert support.worst_case() <= 150


@pytest.mark.blast_radius("scenarios/starter.yaml", entry_point="leftover-credential", trials=2000)
@pytest.mark.parametrize("policy", ["rbac-context", "jit", "task-scoped"])
def test_an_old_key_deletes_nothing(blast_radius, policy):
    assert blast_radius(policy=policy).chance("database-gone-for-good") == 0


def test_nothing_grew(blast_radius):
    blast_radius.check("scenarios/starter.yaml", baseline="results/baseline.json")
