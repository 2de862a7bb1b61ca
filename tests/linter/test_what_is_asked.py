"""Each mistake that passed in silence once is named by `simkit validate --strict`, at its line and with its code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from linter.test_checks import SLIPS, SOUND

from simkit.cli.commands import simkit
from simkit.linter import CHECKS

MISTAKES = {
    "an entitled identity without a task": "no-task",
    "an agent behind a poison with the default susceptibility": "no-susceptibility",
    "a resource with value that nothing touches": "untouched-value",
    "a goal that no entry point reaches under any policy": "unreachable-goal",
    "an entitlement that grants nothing": "grants-nothing",
    "an unused role": "unused-role",
    "a task need outside its identity's rights": "need-beyond-rights",
    "a container and a child with different environments": "mixed-environment",
    "a tool without a session": "unsaid-session",
    "an execute without runtime files": "no-files",
    "a code resource that nobody runs": "unrun-code",
    "a bare goal list of alternatives": "bare-goal",
    "a ttl shorter than the work": "short-life",
    "a detection event that the policy does not log": "unlogged-detection",
    "a selector that matches nothing": "selects-nobody",
    "a policy of the file that takes a built-in name": "built-in-name",
    "delegates_to without an edge": "no-edge",
    "a mistake of what is no agent": "mistake-of-no-agent",
    "an entry later than the horizon": "late-entry",
    "an assumption about nothing": "about-nothing",
    "an impossible date": "impossible-date",
    "a runtime without a network that has a way out": "open-runtime",
    "code of an identity without a task": "once-a-day",
    "a deny that is never sure": "unsure-deny",
    "a deny that fits nothing": "fits-nothing",
    "a token that opens nothing": "opens-nothing",
    "claims that nobody carries": "unmet-claims",
    "a rule of approval that nobody asks": "unasked-rule",
    "a poison that nobody reads": "unread-poison",
    "no goal": "no-goal",
    "an environment with a slip in its name": "odd-environment",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_at_its_line_and_fails_a_strict_validation(mistake: str, tmp_path: Path) -> None:
    code = MISTAKES[mistake]
    (before, after), there, _ = SLIPS[code]
    file = tmp_path / "world.yaml"
    text = SOUND.replace(before, after)
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(simkit, ("validate", "--strict", str(file)))
    assert result.exit_code == 1
    (said,) = [line for line in result.stderr.splitlines() if line.endswith(f"[{code}]")]
    line, column = said.split("world.yaml:")[1].split(":")[:2]
    assert text.splitlines()[int(line) - 1][int(column) - 1 :].startswith(there)


def test_every_check_stands_for_a_mistake_here() -> None:
    assert set(MISTAKES.values()) == CHECKS.keys()
