"""Valid scenario files to test with: those of the project, and one with every key of the format."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from simkit.scenario.parser import read

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "tests" / "data" / "starter.yaml"
FILES = (STARTER, *sorted((ROOT / "scenarios").rglob("*.yaml")))


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def raw(path: Path = STARTER) -> dict[str, Any]:
    """The mappings and lists of a scenario file."""
    value = read(text(path), path.name).value
    assert isinstance(value, dict)
    return value
