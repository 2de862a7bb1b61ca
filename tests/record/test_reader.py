"""A log is read whole or refused with one sentence."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from examples_drawn import examples
from hypothesis import given
from hypothesis import strategies as st

from simkit.errors import InputError
from simkit.record import Record, explain, read_record
from simkit.record.reader import read_lines
from simkit.scenario import load
from simkit.simulation import replay

STARTER = load(Path(__file__).parents[2] / "scenarios" / "starter.yaml")
RECORD = replay(STARTER, "rbac", entry_point="poisoned-ticket", trial=7, start="2026-01-31T09:00:00Z")
TEXT = RECORD.text()
ROWS = TEXT.splitlines(keepends=True)


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_lines(text, "log.jsonl")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("log.jsonl")
    return message


def changed(number: int, **fields: object) -> str:
    """The log with fields of one line changed."""
    line = {**json.loads(ROWS[number]), **fields}
    return "".join([*ROWS[:number], json.dumps(line) + "\n", *ROWS[number + 1 :]])


def test_what_was_written_is_read(tmp_path: Path) -> None:
    RECORD.write(tmp_path / "log.jsonl")
    read = read_record(tmp_path / "log.jsonl")
    assert (read.header, read.lines) == (RECORD.header, RECORD.lines)
    assert read.text() == TEXT
    assert repr(read) == repr(RECORD)


def test_the_log_is_plain_ascii_whatever_the_names_are() -> None:
    assert TEXT.isascii()
    assert Record(RECORD.header, ({"message": "\u202etxt.\u2028\ud800"},)).text().isascii()


@pytest.mark.parametrize("rows", range(1, len(ROWS)))
def test_a_log_that_lost_its_end_says_how_much_is_left(rows: int) -> None:
    assert f"cut off after line {rows} of {len(ROWS)}" in refused("".join(ROWS[:rows]))


@given(st.integers(0, len(TEXT) - 1))
@examples(100)
def test_a_log_cut_anywhere_is_refused(place: int) -> None:
    refused(TEXT[:place])


@pytest.mark.parametrize(
    "text",
    ["", "\n", "{}\n", "[]\n", "null\n", "simkit: 1\n", "[" * 100_000, '{"unmapped": {"record": 7}}\n', "\x00\x01"],
)
def test_a_file_that_is_no_log_is_called_so(text: str) -> None:
    assert "is not a log of simkit" in refused(text)


def test_a_log_that_goes_on_is_refused() -> None:
    assert "goes on after its last line" in refused(TEXT + ROWS[-1])
    assert "goes on after its last line" in refused(TEXT + "{")


def test_lines_that_were_moved_or_lost_are_noticed() -> None:
    moved = [*ROWS[:2], ROWS[3], ROWS[2], *ROWS[4:]]
    assert refused("".join(moved)).startswith("log.jsonl:3: the line is out of order")
    doubled = [*ROWS[:3], ROWS[2], *ROWS[4:]]
    assert "out of order" in refused("".join(doubled))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"class_uid": 1007}, "class_uid 1007 is none that simkit writes"),
        ({"time": "noon"}, "time is not as simkit writes it"),
        ({"time": 0}, "out of order"),
        ({"time": 1 << 62}, "out of order"),
        ({"unmapped": {"at": "PT0S"}}, "unmapped.facts is not as simkit writes it"),
        ({"unmapped": {"at": "PT0S", "facts": [{"fact": ["lost"]}]}}, "unmapped.facts.0.fact is not"),
        ({"unmapped": {"at": "PT0S", "facts": [], "outcome": "perhaps"}}, "unmapped.outcome is not"),
    ],
)
def test_a_line_that_simkit_does_not_write_is_named(fields: dict[str, object], says: str) -> None:
    message = refused(changed(4, **fields))
    assert message.startswith("log.jsonl:5: ")
    assert says in message


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"format": 1}, "log format 1, this simkit reads 2"),
        ({"seed": -1}, "seed is not as simkit writes it"),
        ({"start": "yesterday"}, "start"),
        ({"identities": None}, "identities is not"),
    ],
)
def test_a_header_that_simkit_does_not_write_is_named(fields: dict[str, object], says: str) -> None:
    own = json.loads(ROWS[0])["unmapped"]
    assert says in refused(changed(0, unmapped={**own, "record": {**own["record"], **fields}}))


@given(st.integers(1, len(ROWS) - 1), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=4))
@examples(200)
def test_any_line_replaced_by_anything_is_refused(number: int, anything: object) -> None:
    refused("".join([*ROWS[:number], json.dumps(anything) + "\n", *ROWS[number + 1 :]]))


def without(data: st.DataObject, value: object) -> object:
    """`value` with one key or item, somewhere, gone or of another kind."""
    if isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        inner = value[key]
        if isinstance(inner, dict | list) and data.draw(st.booleans()):
            return {**value, key: without(data, inner)}
        rest = {name: item for name, item in value.items() if name != key}
        return rest if data.draw(st.booleans()) else {**rest, key: data.draw(st.sampled_from((None, 7, "x", [], {})))}
    return data.draw(st.sampled_from((None, 7, "x", [], {})))


@given(st.data())
@examples(400)
def test_a_damaged_line_is_refused_or_still_explains(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(ROWS) - 1))
    damaged = without(data, json.loads(ROWS[number]))
    text = "".join([*ROWS[:number], json.dumps(damaged) + "\n", *ROWS[number + 1 :]])
    with contextlib.suppress(InputError):
        record = read_lines(text, "log.jsonl")
        found = explain(record, record.header.horizon, "support-agent")
        assert found.summary
        assert [str(table) for table in found.tables()]
        assert found.to_dict()
