"""What the tests of several hosts share."""

from __future__ import annotations

from pathlib import Path

import pytest
from ci.agents import made


@pytest.fixture
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an agent, imported and with a baseline; it is the working folder."""
    folder = tmp_path / "agents"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return made(folder)
