"""Whatever happens to a scenario file, it loads or says what is wrong with it, and where."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario.worlds import FILES, STARTER, text

from simkit.errors import ScenarioError
from simkit.files import decoded
from simkit.linter import lint
from simkit.scenario import dump, loads
from simkit.scenario.json_parser import _JsonReader, _quick
from simkit.scenario.places import FORBIDDEN

# Marks, values of every kind, and characters that no file may hold.
TOKENS = [
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        "- ",
        "'",
        '"',
        "#",
        "&a ",
        "*a",
        "!!int ",
        "!x",
        "<<",
        "? ",
        "|",
        ">",
        "---",
    ),
    *(
        "\n",
        "\n  ",
        "\t",
        "\r",
        "...",
        "%YAML 1.1\n",
        "null",
        "~",
        "true",
        "no",
        "1:30",
        "0x",
        "0o8",
        "1e999",
        ".nan",
        "-1",
    ),
    *(
        "never",
        "5",
        "15m",
        "9" * 40,
        "P1M",
        "40/d",
        "*",
        "?",
        "\0",
        "\ufeff",
        "\u2028",
        "\ud83d\ude00",
        "é",
        "\x85",
        "\x07",
    ),
    *("lift", "lifts: [denies, boundary, approvals]", "unchangeable: [{names: [a.*], why: b}]", "in_draws: 90%"),
    *("each-time", "silence", "survives: 1h", "{k: 2, n: 3}", "{claims: {ref: main}}", "{role: support, ttl: 8h}"),
    *("{tool: crm}", "{operation: crm.read_case}", "{operation: crm.*, except: [cases]}", "next-use", "none", "task"),
    *("500/h", "1000 records", "30d", "[a.yaml]", "[cases: integrity, mail.send]", "{any: [crm.read_case]}"),
    *("{lost: [cases: integrity], performed: [crm.read_case]}", "{steered: support-agent}", "eu-production", "0"),
    *("{exponential: {mean: 1s}}", "{lognormal: {p20: 1h, p50: 1h}}", "{}", "[]", "cases", "crm.*", "support-agent"),
]


def mutated(source: bytes, chance: random.Random) -> bytes:
    """`source` after one to four small accidents."""
    for _ in range(chance.randint(1, 4)):
        source = chance.choice(ACCIDENTS)(source, chance)
    return source


def _bytes(source: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(source) + 1)
    return (
        source[:at]
        + bytes(chance.randrange(256) for _ in range(chance.randrange(3)))
        + source[at + chance.randrange(4) :]
    )


def _token(source: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(source) + 1)
    return source[:at] + chance.choice(TOKENS).encode("utf-8", "surrogatepass") + source[at + chance.randrange(3) :]


def _lines(source: bytes, chance: random.Random) -> bytes:
    lines = source.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    change = chance.randrange(4)
    if change == 0:
        del lines[at : at + chance.randint(1, 5)]
    elif change == 1:
        lines.insert(other, lines[at])
    elif change == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = b" " * chance.randrange(5) + lines[at].lstrip()
    return b"\n".join(lines)


def _value(source: bytes, chance: random.Random) -> bytes:
    """One value is another: what stands between a colon and the next comma, bracket or line end."""
    colons = [at for at, byte in enumerate(source) if byte == ord(":")]
    if not colons:
        return source
    start = chance.choice(colons) + 1
    end = min(at for stop in (b",", b"}", b"\n", b"]") if (at := source.find(stop, start)) >= 0 or (at := len(source)))
    return source[:start] + b" " + chance.choice(TOKENS).encode("utf-8", "surrogatepass") + source[end:]


def _cut(source: bytes, chance: random.Random) -> bytes:
    return source[: chance.randrange(len(source) + 1)]


ACCIDENTS = [_bytes, _token, _token, _lines, _lines, _value, _value, _value, _cut]


def outcome(source: bytes, name: str) -> str:
    """Load `source`: what it loads to loads back, what is refused has its place, and so has what the linter asks."""
    try:
        scenario = loads(decoded(source, name), name)
    except ScenarioError as error:
        check(error)
        return "refused"
    assert loads(dump(scenario), name) == scenario
    doubts = lint(scenario)
    assert all(doubt.line >= 1 and doubt.column >= 1 and "\n" not in doubt.message for doubt in doubts)
    return "loaded"


def check(error: ScenarioError) -> None:
    """Each problem has its own place in the file, and one line of text."""
    assert error.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems), error.problems
    assert all(problem.message and "\n" not in problem.message for problem in error.problems), error.problems
    assert len({(each.file, each.line, each.column) for each in error.problems}) == len(error.problems)


def fuzz(count: int, seed: int) -> set[str]:
    chance = random.Random(seed)
    small = [path for path in FILES if path.stat().st_size < 20_000]
    small += [STARTER] * len(small)  # half of them: it has every word of the format
    return {outcome(mutated(text(chance.choice(small)).encode(), chance), "f.yaml") for _ in range(count)}


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_loads_or_says_where_it_is_wrong(seed: int) -> None:
    assert "refused" in fuzz(50, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_ten_thousand_damaged_files_load_or_say_where_they_are_wrong(seed: int) -> None:
    assert fuzz(1000, seed) == {"loaded", "refused"}


@given(st.binary(max_size=200), st.sampled_from(["f.yaml", "f.json"]))
def test_any_bytes_are_refused(source: bytes, name: str) -> None:
    assert outcome(source, name) == "refused"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_refused_in_order(value: object) -> None:
    assert outcome(json.dumps(value).encode(), "f.json") == "refused"
    assert outcome(json.dumps(value).encode(), "f.yaml") == "refused"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_the_two_json_readers_agree(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False)
    if FORBIDDEN.search(written) or "\\" in written:
        return
    read = _JsonReader(written, "f.json").document()
    assert not read.problems
    assert read.value == _quick(written) == value


def test_a_deep_file_does_not_exhaust_the_stack() -> None:
    for opening in ("[", "{a: ", '{"a":', "- "):
        for name in ("f.yaml", "f.json"):
            assert outcome((opening * 100_000).encode(), name) == "refused"


def test_a_truncated_file_is_refused_or_whole() -> None:
    source = text(STARTER).encode()
    found = [outcome(source[:length], "f.yaml") for length in range(0, len(source), 97)]
    assert found[: len(found) // 2] == ["refused"] * (len(found) // 2)
    assert outcome(source, "f.yaml") == "loaded"
