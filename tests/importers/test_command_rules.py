"""Rules of Codex: which beginnings of command lines leave its sandbox unasked; the strictest rule decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from importer_contract import written

from simkit import ScenarioError
from simkit.importers import FilePlace, Imported, import_files
from simkit.importers.agent.command_rules import CommandRule, decision, freed
from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY
from simkit.importers.rules_document import read_rules

PLACE = FilePlace("default.rules", 1, 1)
WORDS = ("git", "push", "--force", "npm")
TOKENS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
RULES = st.builds(
    lambda tokens, what: CommandRule(tuple((each,) for each in tokens), what, PLACE),
    TOKENS,
    st.sampled_from((ALLOW, ASK, DENY)),
)


@given(st.lists(RULES, max_size=5), TOKENS)
def test_the_strictest_of_the_rules_that_fit_decides(rules: list[CommandRule], command: list[str]) -> None:
    fitting = [rule.decision for rule in rules if command[: len(rule.tokens)] == [each for (each,) in rule.tokens]]
    order = (DENY, ASK, ALLOW)
    assert decision(command, rules) == (min(fitting, key=order.index) if fitting else "")


@given(st.lists(RULES, max_size=5), RULES, TOKENS)
def test_one_rule_more_never_makes_a_decision_less_strict(
    rules: list[CommandRule], more: CommandRule, command: list[str]
) -> None:
    order = (DENY, ASK, ALLOW, "")
    assert order.index(decision(command, [*rules, more])) <= order.index(decision(command, rules))


@given(st.lists(RULES, max_size=5))
def test_what_is_freed_is_allowed_by_a_rule_and_by_no_stricter_one_shut(rules: list[CommandRule]) -> None:
    for begins, _ in freed(rules):
        allowing = [rule for rule in rules if rule.decision == ALLOW and begins in list(rule.beginnings)]
        commands = [[each for (each,) in rule.tokens] for rule in allowing]
        assert any(decision(command, rules) == ALLOW for command in commands)


def made(tmp_path: Path, rules: str, more: str = 'approval_policy = "on-request"\n') -> Imported:
    files = {".codex/config.toml": f'sandbox_mode = "read-only"\n{more}', ".codex/rules/default.rules": rules}
    (found,) = import_files([written(tmp_path, files)])
    return found


def free(found: Imported) -> set[str]:
    given = found.sections["identities"]["codex"]["entitlements"]
    names = (each["operation"].removeprefix("codex.") for each in given if "conditions" not in each)
    return {name for name in names if name != "shell in its sandbox (read)"}


NETWORK = ("fetch", "send", "read", "write")


@pytest.mark.parametrize(
    ("rules", "operations"),
    [
        # without a decision a rule allows
        ('prefix_rule(pattern = ["pytest"])', {"shell pytest"}),
        ('prefix_rule(pattern = ["gh", ["pr", "api"]], decision = "allow")',
         {f"shell gh {each} ({way})" for each in ("pr", "api") for way in NETWORK}),
        ('prefix_rule(pattern = ["npm", "run"])\nprefix_rule(pattern = ["npm"], decision = "prompt")', set()),
        ('prefix_rule(pattern = ["npm", "run"])\nprefix_rule(pattern = ["npm", "run", "x"], decision = "forbidden")',
         {"shell npm run"}),
        ('prefix_rule(pattern = ["./own.sh"])', {"shell a program"}),
        ('prefix_rule(pattern = ["echo"], decision = "forbidden")', set()),
    ],
)  # fmt: skip
def test_what_a_rule_allows_runs_outside_of_the_sandbox(tmp_path: Path, rules: str, operations: set[str]) -> None:
    assert free(made(tmp_path, rules)) == operations


def test_each_right_knows_the_line_of_its_rule(tmp_path: Path) -> None:
    found = made(tmp_path, '# tests\n\nprefix_rule(pattern = ["pytest"])\n')
    place = found.origins["identities", "codex", "codex.shell pytest"]
    assert (Path(place.file).name, place.line) == ("default.rules", 3)


def test_a_rule_that_leaves_the_sandbox_has_a_network_though_the_sandbox_has_none(tmp_path: Path) -> None:
    shut = 'approval_policy = "never"\n'
    for number, (rules, egress) in enumerate((("", "none"), ('prefix_rule(pattern = ["curl"])', "any"))):
        found = made(tmp_path / str(number), rules, shut).scenario()
        assert found.model.identities["codex"].egress == egress


@pytest.mark.parametrize(
    "text",
    ["prefix_rule(pattern = WORDS)", 'load("x", "y")', 'RULES = ["x"]', "prefix_rule(*many)", 'prefix_rule(["ls"])'],
)
def test_what_would_have_to_be_run_is_told_and_not_run(text: str) -> None:
    document = read_rules(f"host_executable(name = 'git')\n{text}\n", "default.rules")
    assert document.value == {"prefix_rule": []}
    (problem,) = document.problems
    assert (problem.line, problem.column) == (2, 1)


@pytest.mark.parametrize("text", ["prefix_rule(", "prefix_rule(pattern = [" + "[" * 5000, "x = \0"])
def test_what_is_no_file_of_rules_ends_in_a_sentence(text: str) -> None:
    with pytest.raises(ScenarioError, match=r"default\.rules"):
        read_rules(text, "default.rules")
