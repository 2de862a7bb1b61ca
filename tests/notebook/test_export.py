"""What runs a notebook through gets a picture of the graph, no bar, and nothing that asks for a network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
nbconvert = pytest.importorskip("nbconvert")
pytest.importorskip("anywidget")

ROOT = Path(__file__).parents[2]
CODE = (
    f"import simkit\nfrom simkit import notebook\nworld = simkit.load({str(ROOT / 'scenarios' / 'starter.yaml')!r})",
    "notebook.graph(world)",
    "import time\nfrom simkit.progress import steps\nwith notebook.progress():\n"
    "    for _ in steps(range(4)):\n        time.sleep(0.3)",
)


@pytest.mark.notebooks
def test_a_notebook_that_nobody_watches_holds_pictures_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "IPYTHONDIR", str(tmp_path))
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CODE])
    nbclient.NotebookClient(made, timeout=120, kernel_name="python3").execute(cwd=str(tmp_path))
    setting, (drawn,), waiting = (cell.outputs for cell in made.cells)
    assert setting == waiting == []
    assert set(drawn.data) == {"image/png", "text/plain"}
    assert "widgets" not in made.metadata
    text, _ = nbconvert.HTMLExporter().from_notebook_node(made)
    assert "data:image/png;base64," in text
    assert '"model_id"' not in text
