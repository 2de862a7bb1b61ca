"""What `import simkit` gives, and what it costs."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import simkit

HEAVY = {"numba", "matplotlib", "scipy", "networkx", "pydantic", "yaml", "numpy", "click", "rich"}
PROMISED = {
    "load",
    "loads",
    "dump",
    "simulate",
    "compare",
    "rank",
    "reach",
    "worst_case_pairs",
    "mine_roles",
    "named_policies",
    "policy",
    "GrantPolicy",
    "Scenario",
    "Model",
    "BlastRadius",
    "Comparison",
    "Ranking",
    "SimkitError",
    "Table",
}


def test_the_promised_names_are_public() -> None:
    assert set(simkit.__all__) >= PROMISED


@pytest.mark.parametrize("name", simkit.__all__)
def test_every_public_name_resolves_and_is_documented(name: str) -> None:
    value = getattr(simkit, name)
    assert name == "__version__" or inspect.getdoc(value)


@pytest.mark.parametrize("home", simkit.HOMES)
def test_every_public_name_is_public_in_its_home(home: str) -> None:
    module = importlib.import_module(home)
    assert set(simkit.HOMES[home]) <= set(getattr(module, "__all__", vars(module)))


def test_a_type_checker_sees_the_names_that_python_sees() -> None:
    tree = ast.parse(Path(simkit.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {(node.module, alias.asname) for node in block.body for alias in node.names}  # type: ignore[attr-defined]
    assert seen == {(home, name) for home, names in simkit.HOMES.items() for name in names}


def test_public_exceptions_are_one_tree() -> None:
    errors = [value for name in simkit.__all__ if inspect.isclass(value := getattr(simkit, name))]
    raised = [error for error in errors if issubclass(error, Exception)]
    assert len(raised) >= 6
    assert all(issubclass(error, simkit.SimkitError) for error in raised)


def test_dir_lists_the_public_names_and_nothing_else() -> None:
    assert dir(simkit) == sorted(simkit.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'simkit' has no attribute 'simulat'"):
        simkit.simulat  # noqa: B018


def test_the_version_is_the_installed_one() -> None:
    (plugin,) = importlib.metadata.entry_points(group="pytest11", name="simkit")
    assert plugin.dist is not None
    assert simkit.__version__ == plugin.dist.version


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after `statement`."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_import_simkit_loads_nothing_heavy() -> None:
    assert not loaded_by("import simkit") & HEAVY


def test_import_simkit_loads_no_module_of_its_own() -> None:
    code = "import sys, simkit\nprint(*[name for name in sys.modules if name.startswith('simkit.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_parts_are_loaded_without_the_kernels() -> None:
    assert "numba" not in loaded_by("import simkit.report, simkit.studies, simkit.artifacts")


def test_a_policy_can_be_looked_up_without_the_kernels() -> None:
    assert not loaded_by("import simkit; simkit.policy('jit')") & {"numba", "matplotlib", "scipy", "networkx"}
