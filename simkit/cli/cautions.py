"""What stands above an answer: that the linter has a question about the file which could change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simkit.linter import LintReport
    from simkit.scenario import Scenario


def cautions(
    scenario: Scenario, policies: Iterable[str | None] | None = None, entry_points: Iterable[str] | None = None
) -> LintReport:
    """The warnings about `scenario` that touch an answer about `policies` (a None among them is the one in force) and
    `entry_points`; None stands for all of them."""
    from simkit.linter import lint

    named = None if policies is None else [scenario.policy if name is None else name for name in policies]
    return lint(scenario).touching(named, entry_points)
