"""Logs that gzip has compressed are read as what they hold; what is no such file ends in a sentence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from simkit import InputError
from simkit.files import LARGEST
from simkit.importers import import_files
from simkit.importers.source_file import unpacked

CALLS = "".join(
    json.dumps({"identity": "bot", "operation": f"crm.{name}", "time": f"2026-11-02T09:00:0{at}Z"}) + "\n"
    for at, name in enumerate(("read", "note"))
)


def test_a_compressed_log_says_what_it_says_unpacked(tmp_path: Path) -> None:
    texts = []
    for name, data in (("calls.jsonl", CALLS.encode()), ("calls.jsonl.gz", gzip.compress(CALLS.encode()))):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / name).write_bytes(data)
        (made,) = import_files([folder])
        assert len(made.observed) == 1
        texts.append(made.text(str(folder)).replace(name, "log"))
    assert texts[0] == texts[1]


def test_several_members_are_one_file() -> None:
    halves = CALLS.encode()[:30], CALLS.encode()[30:]
    assert unpacked(b"".join(map(gzip.compress, halves)), "x.gz") == CALLS.encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{}", "is no gzip file"),
        (gzip.compress(CALLS.encode())[:-12], "is cut short"),
        (gzip.compress(bytes(LARGEST + 1), 1), "unpacks to more than 64 MiB"),
        (gzip.compress(bytes(LARGEST), 1) * 2, "unpacks to more than 64 MiB"),
    ],
    ids=["no-gzip", "cut-short", "too-large", "too-large-in-two"],
)
def test_what_cannot_be_unpacked_ends_in_a_sentence(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "log.json.gz").write_bytes(data)
    with pytest.raises(InputError, match=says):
        import_files([tmp_path / "log.json.gz"])
    (tmp_path / "calls.jsonl").write_text(CALLS, "utf-8")
    (made,) = import_files([tmp_path], "runs")
    assert made.observed, "in a folder it is listed, and the rest is read"
    assert any(says in each.why for each in made.untranslated)
