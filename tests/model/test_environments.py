"""What has no environment is in that of its nearest container; a model that goes in circles is refused, but ends."""

from __future__ import annotations

import pytest

from simkit.model import Model, Resource, environments, problems


def model(*resources: Resource) -> Model:
    return Model(resources={each.name: each for each in resources})


def test_the_nearest_container_that_has_one_gives_it() -> None:
    outer, inner = Resource("outer", environment="lab", contains=("inner",)), Resource("inner", contains=("file",))
    assert environments(model(outer, inner, Resource("file"))) == dict.fromkeys(("outer", "inner", "file"), "lab")
    near = Resource("inner", environment="live", contains=("file",))
    assert environments(model(outer, near, Resource("file")))["file"] == "live"


@pytest.mark.parametrize("environment", ["", "lab"])
def test_a_circle_of_containers_ends_and_is_named(environment: str) -> None:
    a, b = Resource("a", contains=("b",)), Resource("b", contains=("a", "c"))
    circle = model(a, b, Resource("c"), Resource("top", environment=environment, contains=("a",)))
    assert environments(circle) == ({} if not environment else dict.fromkeys(("a", "b", "c", "top"), "lab"))
    assert circle.within("a") == ("a", "b", "c")
    (problem,) = problems(circle)
    assert "is a cycle of `contains`" in problem.message


def test_one_that_contains_itself_ends() -> None:
    assert environments(model(Resource("a", contains=("a",)))) == {}


def test_many_ways_to_the_same_container_are_one() -> None:
    floors = [Resource(f"{side}{n}", contains=(f"l{n + 1}", f"r{n + 1}")) for n in range(40) for side in "lr"]
    roof = [Resource("l40"), Resource("r40")]
    assert environments(model(*floors, *roof)) == {}
