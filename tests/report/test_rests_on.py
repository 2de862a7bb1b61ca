"""The report says which numbers nobody measured, and what a year costs, where the file does."""

from __future__ import annotations

from dataclasses import replace

import simkit
from simkit.unknowns import Unknowns


def test_the_page_lists_every_input_that_is_not_known() -> None:
    starter = simkit.load("scenarios/starter.yaml")
    found = simkit.report_on(starter, policies=["rbac"], entry_point="poisoned-ticket", trials=20, quick=True)
    page = found.html()
    assert "Numbers that nobody measured" in page
    assert "never measured" not in page.partition("Numbers that nobody measured")[0]
    assert found.inputs is not None
    named = {row[0]: row for row in found.inputs.rows}
    assert named["misses"][1:5] == ("0.1", "0.01 to 0.5", "assumption", "file")
    assert "annual loss through poisoned-ticket, EUR" in page
    assert found.sure is None


def test_a_file_in_which_all_is_said_to_be_known_has_no_such_part() -> None:
    starter = simkit.load("scenarios/starter.yaml")
    plain = replace(starter, unknowns=Unknowns(), unit=None, prices=None)
    found = simkit.report_on(plain, policies=["rbac"], entry_point="poisoned-ticket", trials=20, quick=True)
    assert found.inputs is None
    assert found.annual is None
    assert "Numbers that nobody measured" not in found.html()
