"""The first notebook with another scenario filled in."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")

import simkit  # noqa: E402
from simkit.notebook import first  # noqa: E402

ROOT = Path(__file__).parents[2]


def settings(notebook: str) -> dict[str, object]:
    """What the first code cell sets."""
    cell = next(cell for cell in nbformat.reads(notebook, as_version=4).cells if cell.cell_type == "code")
    sets = [node for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in sets}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["world.yaml", 'it\'s \\ a "world".yaml', "deep/er/wörld.yaml"])
def test_the_scenario_and_its_first_attack_are_filled_in(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes((ROOT / "scenarios" / "starter.yaml").read_bytes())
    world = simkit.load(file)
    made = first.first_notebook(world, file, tmp_path / "first.ipynb")
    nbformat.validate(nbformat.reads(made, as_version=4))
    found = settings(made)
    assert found["ENTRY_POINT"] == next(iter(world.entry_points))
    assert found["SCENARIO"] == name
    elsewhere = settings(first.first_notebook(world, file, tmp_path / "other" / "first.ipynb"))
    assert elsewhere["SCENARIO"] == str(file)


def test_a_notebook_that_lost_its_settings_is_a_bug_that_is_named() -> None:
    with pytest.raises(RuntimeError, match="sets SCENARIO 0 times"):
        first.filled("TRIALS = 5\n", {"SCENARIO": "x"})


def test_a_wheel_holds_what_the_repository_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {source: f"simkit/notebook/{name}" for name, source in first.SHIPPED.items()}
    for name, source in first.SHIPPED.items():
        assert first.shipped(name) == (ROOT / source).read_text("utf-8")
