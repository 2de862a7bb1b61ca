"""What a path lights up: the boxes of each step, and the lines that it takes."""

from __future__ import annotations

import pytest

from simkit.drawing.lanes import default_group, picture
from simkit.drawing.reached import lit
from simkit.scenario import load
from simkit.simulation import simulate

STARTER = load("scenarios/starter.yaml")
DRAWN = picture(STARTER.model, default_group(STARTER.model), 240)


@pytest.mark.parametrize("policy", ["rbac", "static-secrets"])
def test_the_lines_of_a_path_lead_from_the_credential_to_what_is_lost(policy: str) -> None:
    """Under static-secrets the session is a whole tier's, and the entitlement that of one identity in it."""
    result = simulate(STARTER, policy, entry_point="leaked-ci-secret", trials=20, seed=1)
    path = next(iter(result.paths("customers-leaked")))
    lights = lit(STARTER, result, path, DRAWN)
    assert len(lights) == len(path.steps)
    lines = {(DRAWN.edges[place].source, DRAWN.edges[place].target) for light in lights for place in light.lines}
    assert {
        ("credential:deploy-key", "identity:deployer"),
        ("identity:deployer", "tool:cloud"),
        ("tool:cloud", "resource:customer-database"),
        ("resource:customer-database", "resource:customer-records"),
    } <= lines
    lit_boxes = {box for light in lights for box in light.boxes}
    assert {end for line in lines for end in line} <= lit_boxes
