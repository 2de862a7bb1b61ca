"""The pictures in the docs are those that their command makes."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from matplotlib.image import imread

from simkit import plots

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MAKE = runpy.run_path(str(IMAGES / "make.py"))


@pytest.mark.parametrize("name", MAKE["PICTURES"])
def test_a_picture_in_the_docs_is_what_the_command_makes(name: str, tmp_path: Path) -> None:
    plots.save(MAKE["PICTURES"][name](), tmp_path / name)
    kept, made = imread(IMAGES / name), imread(tmp_path / name)
    assert kept.shape == made.shape
    # another version of matplotlib smooths letters another way; a moved line or another number shows more
    assert float(abs(kept - made).mean()) < 0.01


def test_every_picture_in_the_docs_has_a_maker() -> None:
    assert {image.name for image in IMAGES.glob("*.[ps][nv]g")} == set(MAKE["PICTURES"])
