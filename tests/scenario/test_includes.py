"""A scenario in several files is the scenario in one; what is wrong is named in the file in which it stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from examples_drawn import examples
from generated_worlds import worlds
from hypothesis import given
from hypothesis import strategies as st

import simkit
from simkit.errors import ScenarioError
from simkit.scenario import Scenario, dump, load
from simkit.scenario.includes import LISTED, NAMED

WORLD = """\
simkit: 1
name: split
include: [parts/people.yaml]
identities:
  ci: {kind: pipeline}
resources: {x: {value: {confidentiality: 1}}}
tools: {t: {operations: {rd: {effect: read, targets: [x]}}}}
entry_points: {leaked: {leak: key}}
goals: {x-out: {lost: ["x: confidentiality"]}}
"""
PEOPLE = """\
# from the identity provider
identities:
  bot: {kind: agent, entitlements: [{operation: t.rd}]}
credentials:
  key: {identity: bot}
trust:
  - {from: bot, to: ci}
"""


def written(folder: Path, **files: str) -> Path:
    """The files in `folder`, with `__` for a slash; the path of world.yaml."""
    for name, text in {"world": WORLD, "parts__people": PEOPLE, **files}.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / "world.yaml"


def mistakes(path: Path) -> list[tuple[str, int, int, str]]:
    """File, line, column and beginning of each mistake."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [(Path(each.file).name, each.line, each.column, each.message) for each in caught.value.problems]


def test_a_part_adds_to_the_sections_of_the_scenario(tmp_path: Path) -> None:
    scenario = load(written(tmp_path))
    assert sorted(scenario.model.identities) == ["bot", "ci"]
    assert [edge.name for edge in scenario.model.trust] == ["bot -assume-> ci"]
    assert simkit.simulate(scenario, trials=10).worst_case.goals == ("x-out",)


@examples(40)
@given(worlds(), st.data())
def test_a_scenario_split_by_include_is_the_scenario_in_one_file(
    tmp_path_factory: pytest.TempPathFactory, scenario: Scenario, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("split")
    whole = yaml.safe_load(dump(scenario))
    files: list[dict[str, Any]] = [{}, {}, {}]
    for section, inner in whole.items():
        if section in NAMED:
            for name, thing in inner.items():
                files[data.draw(st.integers(0, 2))].setdefault(section, {})[name] = thing
        else:
            files[data.draw(st.integers(0, 2)) if section in LISTED else 0][section] = inner
    files[0].setdefault("entry_points", {})
    files[0]["include"], files[1]["include"] = ["one.yaml"], ["two.yaml"]
    for name, part in zip(("world", "one", "two"), files, strict=True):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(part), "utf-8")
    split = load(folder / "world.yaml")
    assert split.digest == scenario.digest
    assert replace(split, file=scenario.file) == scenario


def test_a_mistake_is_named_in_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, parts__people=PEOPLE.replace("kind: agent", "kind: agnet"))
    assert mistakes(path) == [("people.yaml", 3, 15, "'agnet' is not possible here: did you mean agent?")]


def test_what_dangles_is_named_in_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, parts__people=PEOPLE.replace("to: ci", "to: cd"))
    assert mistakes(path) == [("people.yaml", 7, 21, "no identity is called 'cd': known: bot, ci")]


def test_a_warning_is_named_and_answered_in_its_file(tmp_path: Path) -> None:
    found = [each for each in simkit.lint(load(written(tmp_path))) if each.code == "no-task"]
    assert [(Path(each.file).name, each.line) for each in found] == [("people.yaml", 3)]
    comment = "  # simkit: ignore[no-task] it is new\n  bot:"
    answered = simkit.lint(load(written(tmp_path, parts__people=PEOPLE.replace("  bot:", comment))))
    assert "no-task" not in answered.codes
    assert "unused-ignore" not in answered.codes


def test_the_place_of_what_is_included_is_that_of_include(tmp_path: Path) -> None:
    scenario = load(written(tmp_path))
    assert scenario.place(("identities", "ci")) == (5, 3)
    assert scenario.place(("identities", "bot")) == (3, 1)


def test_a_name_that_two_files_have_is_named_with_the_first(tmp_path: Path) -> None:
    (found,) = mistakes(written(tmp_path, parts__people=PEOPLE + "resources: {x: {}}\n"))
    assert found[:3] == ("people.yaml", 8, 13)
    assert found[3].startswith("'x' stands twice in `resources`, first in ")
    assert found[3].endswith("world.yaml:6: remove one")


WRONG = {
    "a cycle": ("include: [people.yaml]\n", "people.yaml", 8, "people.yaml is a cycle of `include`: remove one"),
    "the scenario itself": (
        "include: [../world.yaml]\n",
        "people.yaml",
        8,
        "does not lie beside the scenario or below",
    ),
    "outside": ("include: [/etc/hostname]\n", "people.yaml", 8, "does not lie beside the scenario"),
    "missing": ("include: [nobody.yaml]\n", "people.yaml", 8, "no file is called"),
    "no list": ("include: people.yaml\n", "people.yaml", 8, "where a list of files is due"),
    "not of a part": ("horizon: 3d\n", "people.yaml", 8, "`horizon` has no place in a part of a scenario"),
    "no mapping": ("tools: [t]\n", "people.yaml", 8, "`tools` is a list where a mapping is due"),
    "no YAML": ("tools: {t\n", "people.yaml", 9, "this is not YAML"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_included_is_refused_at_its_place(what: str, tmp_path: Path) -> None:
    added, file, line, says = WRONG[what]
    (found,) = mistakes(written(tmp_path, parts__people=PEOPLE + added))
    assert found[:2] == (file, line)
    assert says in found[3]


def test_a_file_is_included_once(tmp_path: Path) -> None:
    (found,) = mistakes(written(tmp_path, world=WORLD.replace("people.yaml]", "people.yaml, parts/people.yaml]")))
    assert found == ("world.yaml", 3, 30, "the file 'parts/people.yaml' is included twice: remove one")


def test_a_text_that_is_no_file_includes_nothing() -> None:
    with pytest.raises(ScenarioError, match="but this scenario is no file: write it here"):
        simkit.loads(WORLD)
