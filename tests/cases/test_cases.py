"""Small scenarios with a known answer: each says in a comment why it is right, and holds it under `expect`."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.checks import check

CASES = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_case_comes_to_what_its_comment_says(case: Path) -> None:
    report = check([str(case)], trials=4000)
    (found,) = report.checks
    assert found.verdicts, "a case that expects nothing shows nothing"
    assert [verdict.sentence for verdict in found.verdicts if not verdict.holds] == []
