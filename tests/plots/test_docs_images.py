"""The pictures in the docs are those that their command makes."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.image import imread

import simkit
from simkit import plots

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
MAKE = runpy.run_path(str(IMAGES / "make.py"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the command has made every picture."""
    folder = tmp_path_factory.mktemp("images")
    MAKE["main"](["--out", str(folder)])
    return folder


@pytest.mark.parametrize("name", MAKE["PICTURES"])
def test_a_picture_in_the_docs_is_what_the_command_makes(name: str, made: Path) -> None:
    kept, now = imread(IMAGES / name), imread(made / name)
    assert kept.shape == now.shape
    if (IMAGES / MAKE["MADE_WITH"]).read_text("utf-8") == (made / MAKE["MADE_WITH"]).read_text("utf-8"):
        assert np.array_equal(kept, now), f"make it again, and look at it: python docs/images/make.py ({name})"
    else:
        # another version smooths letters another way: few pixels, and seldom by much
        assert float((abs(kept - now).max(axis=2) > 0.5).mean()) < 0.01


def test_a_picture_with_another_number_would_be_noticed(made: Path, tmp_path: Path) -> None:
    starter = simkit.load(ROOT / "scenarios" / "starter.yaml")
    other = simkit.compare(starter, entry_point="poisoned-ticket", seed=1)
    plots.save(plots.pareto(other), tmp_path / "pareto.png")
    assert not np.array_equal(imread(made / "pareto.png"), imread(tmp_path / "pareto.png"))


def test_every_picture_in_the_docs_has_a_maker() -> None:
    made = {*MAKE["PICTURES"], *MAKE["PAGES"], *MAKE["SCREENSHOTS"]}
    assert {image.name for image in IMAGES.glob("*.[ps][nv]g")} == made


def test_every_kind_of_picture_is_shown_in_the_docs() -> None:
    maker = (IMAGES / "make.py").read_text("utf-8")
    assert [name for name in plots.__all__ if f"plots.{name}(" not in maker] == []


@pytest.mark.browser
@pytest.mark.parametrize("name", MAKE["PAGES"])
def test_a_picture_of_a_page_in_the_docs_is_what_the_command_makes(name: str, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MAKE["PAGES"][name](browser, tmp_path))
    kept, made = imread(IMAGES / name), imread(tmp_path / name)
    assert kept.shape == made.shape
    # other fonts break lines elsewhere: only another page altogether is told apart
    assert float(abs(kept[..., :3] - made[..., :3]).mean()) < 0.05
