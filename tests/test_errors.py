"""One tree of exceptions, and messages that say where and what mends it."""

from __future__ import annotations

import pytest

from simkit import errors
from simkit.errors import (
    EngineError,
    InputError,
    PolicyError,
    Problem,
    QuestionError,
    ScenarioError,
    SimkitError,
    every,
    nearest,
)


@pytest.mark.parametrize("error", [ScenarioError, PolicyError, QuestionError])
def test_what_the_user_got_wrong_is_an_input_error(error: type[Exception]) -> None:
    assert issubclass(error, InputError)


def test_an_engine_error_is_not_the_users_fault() -> None:
    assert issubclass(EngineError, SimkitError)
    assert not issubclass(EngineError, InputError)


def test_the_docstring_draws_the_whole_tree() -> None:
    tree = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert all(error.__name__ in (errors.__doc__ or "") for error in tree)
    assert len(tree) == 6


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(("goals", "g"), "is empty", "a.yaml", 3, 7), "a.yaml:3:7: is empty"),
        (Problem(("trust", 2, "from"), "no such", "a.yaml"), "a.yaml: trust.2.from: no such"),
        (Problem(("trust", 2, "from"), "no such"), "trust.2.from: no such"),
        (Problem((), "not a mapping"), "not a mapping"),
    ],
)
def test_a_problem_says_where_it_is(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_a_scenario_error_keeps_every_problem_in_order() -> None:
    found = [Problem(("b",), "second"), Problem(("a",), "first")]
    error = ScenarioError(found)
    assert error.problems == tuple(found)
    assert str(error) == "b: second\na: first"


@pytest.mark.parametrize(
    ("name", "known", "end"),
    [
        ("jitt", ["rbac", "jit"], "did you mean jit?"),
        ("zzz", ["c", "a", "b"], "known: a, b, c"),
        ("zzz", "abcdef", "known: a, b, c, d, e, ..."),
        ("zzz", [], "none is defined"),
    ],
)
def test_nearest_names_what_exists(name: str, known: list[str], end: str) -> None:
    assert nearest(name, known) == end


def test_every_makes_all_or_tells_all_that_is_wrong() -> None:
    def made(name: str) -> str:
        if name == "broken":
            raise ScenarioError([Problem(("name",), "is empty", "a.yaml", 3, 7), Problem((), "is odd", "a.yaml", 4, 1)])
        if name == "gone":
            raise QuestionError("no file is called 'gone'")
        return name.upper()

    assert every(made, ["a", "b"]) == ["A", "B"]
    with pytest.raises(QuestionError, match="'gone'"):
        every(made, ["a", "gone"])
    with pytest.raises(ScenarioError) as caught:
        every(made, ["broken", "a", "gone"])
    assert str(caught.value).splitlines() == [
        "a.yaml:3:7: is empty",
        "a.yaml:4:1: is odd",
        "no file is called 'gone'",
    ]
