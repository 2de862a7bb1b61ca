"""A help desk on disk, for the commands that narrow it and split its roles."""

from __future__ import annotations

from pathlib import Path

import pytest
from help_desk import ANSWERED, WORLD


@pytest.fixture
def desk(tmp_path: Path) -> str:
    file = tmp_path / "desk.yaml"
    file.write_text(WORLD.replace("policies:\n", f"{ANSWERED}policies:\n"), "utf-8")
    return str(file)
