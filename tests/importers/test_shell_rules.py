"""Shell rules: which command lines a rule covers, and laws of what a list of rules decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.importers.agent.shell_rules import ALLOW, ASK, DENY, ShellRule, decision, split

WORDS = st.lists(
    st.sampled_from(("git", "diff", "npm", "test", "rm", "-rf", "x*", "'a; b'", '"$(c)"')), min_size=1, max_size=4
)
COMMANDS = WORDS.map(" ".join)
RULES = st.one_of(COMMANDS, COMMANDS.map(lambda each: f"{each}:*"), st.just("*")).map(ShellRule.written)
LISTS = st.lists(RULES, max_size=3)
JOINTS = st.sampled_from((" && ", " || ", "; ", " | ", " & ", "\n", "&&", "|&"))


@pytest.mark.parametrize(
    ("rule", "line", "covered"),
    [
        ("npm run test:*", "npm run test", True),
        ("npm run test:*", "npm run test -- --watch", True),
        ("npm run test:*", "npm run tests", False),
        ("npm run build", "npm run build", True),
        ("npm run build", "npm run build --all", False),
        ("ls*", "lsof", True),
        ("ls *", "lsof", False),
        ("git * main", "git push origin main", True),
        ("*", "anything at all", True),
        ("rm -rf [a]", "rm -rf a", False),
    ],
)
def test_what_a_rule_covers(rule: str, line: str, covered: bool) -> None:
    assert ShellRule.written(rule).covers(line) is covered


@pytest.mark.parametrize(
    ("line", "decided"),
    [
        ("git diff", ALLOW),
        ("git diff && rm -rf /", ASK),
        ("git diff; git push", DENY),
        ("git diff | tee out", ASK),
        ("git diff $(rm -rf /)", ASK),
        ("git diff `rm x`", ASK),
        ("git diff > /etc/passwd", ASK),
        ("GIT_PAGER=evil git diff", ASK),
        ("git diff '>'", ALLOW),
        ("git diff 'a && git push'", ALLOW),
        ("git commit -m x", ASK),
        ("", ASK),
    ],
)
def test_a_compound_command_is_split_and_what_hides_in_one_is_asked_for(line: str, decided: str) -> None:
    allow, ask, deny = ("git diff:*", "git:*"), ("git commit:*",), ("git push:*",)
    assert decision(line, *(map(ShellRule.written, rules) for rules in (allow, ask, deny))) == decided


@given(COMMANDS, JOINTS, COMMANDS)
def test_a_line_splits_into_its_commands(one: str, joint: str, other: str) -> None:
    assert split(one + joint + other) == [one, other]


@given(COMMANDS, LISTS, LISTS, LISTS, RULES)
def test_one_more_deny_never_lets_more_pass(
    line: str, allow: list[ShellRule], ask: list[ShellRule], deny: list[ShellRule], more: ShellRule
) -> None:
    order = [ALLOW, ASK, DENY]
    assert order.index(decision(line, allow, ask, [*deny, more])) >= order.index(decision(line, allow, ask, deny))


@given(COMMANDS, LISTS, LISTS, LISTS, RULES)
def test_one_more_allow_never_forbids(
    line: str, allow: list[ShellRule], ask: list[ShellRule], deny: list[ShellRule], more: ShellRule
) -> None:
    order = [ALLOW, ASK, DENY]
    assert order.index(decision(line, [*allow, more], ask, deny)) <= order.index(decision(line, allow, ask, deny))


@given(COMMANDS, JOINTS, COMMANDS, LISTS, LISTS, LISTS)
def test_two_commands_pass_only_if_each_does(
    one: str, joint: str, other: str, allow: list[ShellRule], ask: list[ShellRule], deny: list[ShellRule]
) -> None:
    both = decision(one + joint + other, allow, ask, deny)
    order = [ALLOW, ASK, DENY]
    worst = max((decision(each, allow, ask, deny) for each in (one, other)), key=order.index)
    assert both == worst


@given(COMMANDS, LISTS, LISTS)
def test_the_order_of_rules_does_not_matter(line: str, allow: list[ShellRule], deny: list[ShellRule]) -> None:
    assert decision(line, allow, [], deny) == decision(line, allow[::-1], [], deny[::-1])
