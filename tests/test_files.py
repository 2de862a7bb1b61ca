"""Files are read whole or refused, and written whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from simkit.errors import InputError, ScenarioError
from simkit.files import decoded, read, write


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, "é\n")
    assert read(path) == "é\n".encode()
    write(path, b"\0\1")
    assert read(path) == b"\0\1"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_new_file_has_the_mode_that_others_have_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write(tmp_path / "new", "x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "old").write_text("")
    (tmp_path / "old").chmod(0o640)
    write(tmp_path / "old", "x")
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def fails(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(InputError, match=r"cannot be opened \(No space left on device\)"):
        write(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_device_is_written_straight() -> None:
    write(os.devnull, "x")
    assert os.path.exists(os.devnull)


def test_what_cannot_be_opened_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file is called"):
        read(tmp_path / "gone")
    with pytest.raises(InputError, match="is a folder: name a file in it"):
        read(tmp_path)
    with pytest.raises(InputError, match="no file is called"):
        write(tmp_path / "no" / "folder", "x")
    with pytest.raises(InputError, match=r"is a folder|cannot be opened"):
        write(tmp_path, "x")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
    assert read("-") == b"abc"


def test_text_is_utf_8_with_or_without_a_mark() -> None:
    assert decoded(b"\xef\xbb\xbfabc", "f") == "abc"
    with pytest.raises(ScenarioError, match="f:2:3: the byte 0xFF is not UTF-8"):
        decoded("a\néb".encode() + b"\xff", "f")
