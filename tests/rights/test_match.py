"""Patterns: wildcards, variables, and patterns that were made to be slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rights_reference import like, plain

from simkit.rights.match import UNKNOWN, Filled, compiled, fill, matches, template


@given(st.text("ab*?", max_size=9), st.text("ab", max_size=9))
def test_wildcards_mean_what_the_definition_says(pattern: str, text: str) -> None:
    assert matches(compiled(pattern), text) == like(plain(pattern), text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("a*a", "a", False),
        ("*ab*ab*", "ab", False),
        ("?*?", "ab", True),
        ("?b?*d", "abcd", True),
        ("*?b*", "abb", True),
        ("arn:aws:s3:::logs/*", "arn:aws:s3:::logs", False),
    ],
)
def test_wildcards(pattern: str, text: str, expected: bool) -> None:
    assert matches(compiled(pattern), text) == expected


@pytest.mark.parametrize("piece", ["a*", "*a", "?*", "a?*b*", "*a*a*a?b"])
def test_no_pattern_takes_long(piece: str) -> None:
    """A backtracking matcher takes longer than the age of the universe for such a pair."""
    began = time.process_time()
    matches(compiled(piece * 2_000 + "c"), "a" * 50_000)
    assert time.process_time() - began < 5


def filled(source: str, *, variables: bool = True, **values: str) -> Filled | None:
    return fill(template(source, variables=variables), lambda key: values.get(key.removeprefix("aws:")))


def test_a_variable_becomes_its_value_in_which_wildcards_are_plain() -> None:
    assert filled("home/${aws:UserName}/*", username="a*") == Filled("home/a*/\x00", True)


def test_a_variable_without_value_matches_nothing_or_its_default() -> None:
    assert filled("home/${aws:username}") is None
    assert filled("bucket-${aws:PrincipalTag/team, 'company-wide'}") == Filled("bucket-company-wide", True)


def test_three_characters_can_be_written_as_themselves() -> None:
    assert filled("a${*}b${?}c${$}{x}*") == Filled("a*b?c${x}\x00", True)


def test_the_old_version_knows_no_variables() -> None:
    assert filled("home/${aws:username}", variables=False, username="ann") == Filled("home/${aws:username}", True)


def test_a_value_that_is_not_known_may_be_anything() -> None:
    assert fill(template("home/${aws:username}/x"), lambda _: UNKNOWN) == Filled("home/\x00/x", False)


def test_what_is_no_variable_stays_text() -> None:
    assert template("${aws:username").parts == ("${aws:username",)
    assert template("").fixed == ""
