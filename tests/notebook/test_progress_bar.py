"""The bar: in a notebook that somebody looks at, while work takes long; else nothing."""

from __future__ import annotations

from typing import Any

import pytest

from simkit.notebook import frontend, progress, progress_bar
from simkit.progress import steps

display = pytest.importorskip("IPython.display")


class Handle:
    """What IPython gives for an output that is changed later."""

    def __init__(self, shown: list[str]) -> None:
        self.shown = shown

    def update(self, bundle: dict[str, str], raw: bool) -> None:
        assert raw
        self.shown.append(bundle["text/html"])


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was displayed, one after another, in a notebook where nothing is too short to be shown."""
    found: list[str] = []

    def show(bundle: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        found.append(bundle["text/html"])
        return Handle(found)

    monkeypatch.setattr(display, "display", show)
    monkeypatch.setattr(progress_bar, "PATIENCE", 0.0)
    monkeypatch.setattr(progress_bar, "PAUSE", 0.0)
    monkeypatch.setattr(progress_bar, "watched", lambda: True)
    return found


def test_the_bar_moves_and_is_wiped(shown: list[str]) -> None:
    with progress("comparing <b>"):
        list(steps(range(2)))
    first, second, last = shown
    assert 'value="0.500"' in first
    assert "comparing &lt;b&gt; 50 %" in first
    assert "100 %" in second
    assert last == ""


def fail() -> None:
    with progress():
        list(steps(range(2)))
        raise ValueError("lost")


def test_the_bar_is_wiped_where_the_work_fails(shown: list[str]) -> None:
    with pytest.raises(ValueError, match="lost"):
        fail()
    assert shown[-1] == ""


def test_short_work_shows_nothing(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "PATIENCE", 60.0)
    with progress():
        list(steps(range(2)))
    assert shown == []


def test_where_nobody_looks_nothing_is_shown(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_bar, "watched", frontend.watched)
    with progress():
        list(steps(range(2)))
    assert shown == []


class Kernel:
    """A kernel that runs a cell."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def get_parent(self, channel: str) -> dict[str, Any]:
        assert channel == "shell"
        return {"content": self.content}


@pytest.mark.parametrize(
    ("content", "seen"), [({"allow_stdin": True}, True), ({"allow_stdin": False}, False), ({}, False)]
)
def test_a_person_can_answer_and_a_machine_cannot(
    content: dict[str, Any], seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import IPython

    shell = type("Shell", (), {"kernel": Kernel(content)})()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    assert frontend.watched() is seen
