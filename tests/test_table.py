"""Tables turn into text, Markdown, HTML and JSON without losing, hiding or running anything."""

from __future__ import annotations

import dataclasses
import html
import html.parser
import json
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.errors import InputError
from simkit.table import Table, duration, escape_markdown, format_number, percent, printable, shorten, width, wrap

cells = st.one_of(st.none(), st.text(max_size=20), st.integers(-(10**12), 10**12), st.floats())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(st.text(max_size=12), min_size=1, max_size=5, unique=True))
    row = st.tuples(*[cells] * len(columns))
    return Table(columns, draw(st.lists(row, max_size=5)), draw(st.text(max_size=30)), draw(st.text(max_size=30)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1234567, "1,234,567"),
        (999.6, "1,000"),
        (0.99951, "1"),
        (12.34, "12.3"),
        (-1234.5, "-1,230"),
        (0.00012345, "0.000123"),
        (0.000012345, "1.23e-05"),
        (math.nan, "n/a"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (True, "yes"),
    ],
)
def test_numbers_have_three_significant_digits_and_whole_numbers_all(value: float, text: str) -> None:
    assert format_number(value) == text


@given(st.floats(-1e300, 1e300))
def test_a_written_number_is_within_half_a_percent(value: float) -> None:
    written = float(format_number(value).replace(",", ""))
    assert math.isclose(written, value, rel_tol=0.0051, abs_tol=1e-320)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.05, "5 %"), (0.99951, ">99.9 %"), (0.9994, "99.9 %"), (1e-6, "0.0001 %")],
)
def test_a_share_that_is_not_all_never_reads_as_all_nor_one_that_is_something_as_nothing(
    share: float, text: str
) -> None:
    assert percent(share) == text
    assert percent(math.nan) == percent(None) == "-"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.9999, "1 s"),
        (59.96, "1 min"),
        (60, "1 min"),
        (3599.6, "1 h"),
        (86399, "1 d"),
        (86400 + 1800, "1 d 1 h"),
        (27 * 86400, "27 d"),
        (31_536_000, "1 y"),
        (3 * 31_536_000 + 86400, "3 y 1 d"),
        (-90, "-1 min 30 s"),
        (math.inf, "never"),
        (None, "never"),
        (math.nan, "-"),
    ],
)
def test_durations_have_at_most_two_units_and_carry(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(0.1, 1e10))
def test_a_written_duration_is_close(seconds: float) -> None:
    units = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400, "y": 31_536_000}
    words = duration(seconds).split()
    written = sum(float(n.replace(",", "")) * units[u] for n, u in zip(words[::2], words[1::2], strict=True))
    assert math.isclose(written, seconds, rel_tol=0.025)


def test_text_aligns_numbers_to_the_right_and_wide_characters_by_their_width() -> None:
    table = Table(("name", "n", "wait"), [("漢字", 5, duration(80)), ("abcdef", 1234, None)])
    assert str(table).splitlines() == [
        "name        n        wait",
        "------  -----  ----------",
        "漢字        5  1 min 20 s",
        "abcdef  1,234           -",
    ]


def test_intervals_and_shares_count_as_quantities_and_names_do_not() -> None:
    table = Table(("a", "b", "c"), [("12 % [10 %, 15 %]", "<0.001", "5 s"), ("9 %", "3 to 5", "s3-bucket")])
    assert "|  ---: |  ---: |  --- |".replace("  ", " ") in table.markdown()


def test_a_remark_behind_a_number_moves_it_neither_to_the_left_nor_out_of_one_piece() -> None:
    rows = [("jit", "0 % [0 %, 1.26 %] (worst case)", "2 (at most)"), ("rbac", "100 % [98.7 %, 100 %]", "10")]
    table = Table(("policy", "goal", "n"), rows)
    assert "| --- | ---: | ---: |" in table.markdown()
    assert table.text(42).splitlines() == [
        "policy                   goal            n",
        "------  ---------------------  -----------",
        "jit         0 % [0 %, 1.26 %]  2 (at most)",
        "                 (worst case)",
        "rbac    100 % [98.7 %, 100 %]           10",
    ]
    assert "| --- |" in Table(("n",), [("some (3)",), ("1 (",)]).markdown()


@given(tables())
def test_text_holds_no_control_character_but_the_line_break(table: Table) -> None:
    assert not [char for char in table.text() if char != "\n" and printable(char) != char]


@given(tables(), st.integers(24, 100))
def test_text_fits_the_width(table: Table, fit: int) -> None:
    assert all(width(line) <= fit for line in table.text(fit).splitlines())


@given(tables(), st.integers(24, 100))
def test_wrapping_loses_no_text(table: Table, fit: int) -> None:
    only_text = Table([f"x{name}" for name in table.columns], [[f"x{cell}" for cell in row] for row in table.rows])
    shown = only_text.text(fit)
    for row in only_text.rows:
        for cell in row:
            assert all(word[:2] in shown for word in printable(str(cell)).split(" "))


def side_by_side() -> Table:
    columns = ("policy", "value lost", "against-the-policy-in-force", "interval")
    rows = [("static-secrets", 119, "no difference", "100 % [99.6 %, 100 %]"), ("jit", 0.5, "-118", "0 % [0 %, 1 %]")]
    return Table(columns, rows, title="t")


def test_columns_are_squeezed_where_names_may_break() -> None:
    assert side_by_side().text(60).splitlines() == [
        "t",
        "policy           value  against-the-                interval",
        "                  lost  policy-in-",
        "                        force",
        "--------------  ------  -------------  ---------------------",
        "static-secrets     119  no difference  100 % [99.6 %, 100 %]",
        "jit                0.5  -118                  0 % [0 %, 1 %]",
    ]


def test_what_does_not_fit_side_by_side_is_folded_with_the_first_column_repeated() -> None:
    assert side_by_side().text(44).splitlines() == [
        "t",
        "policy          value lost",
        "--------------  ----------",
        "static-secrets         119",
        "jit                    0.5",
        "",
        "policy          against-the-policy-in-force",
        "--------------  ---------------------------",
        "static-secrets  no difference",
        "jit             -118",
        "",
        "policy                       interval",
        "--------------  ---------------------",
        "static-secrets  100 % [99.6 %, 100 %]",
        "jit                    0 % [0 %, 1 %]",
    ]


def compared() -> Table:
    """As a comparison is written: many columns, names and intervals."""
    columns = ("policy", "value lost", "95 % interval", "against agents-only", "p95", "worst case", "trials with loss")
    columns += ("goals reached (mean)", "goals within reach", "first loss", "contained")  # type: ignore[assignment]
    rest = ("205", "205", "100 %", "4 of 6", "10 of 18", "1 min 30 s", "53.3 %")
    rows = [("static-secrets", "205", "205 to 205", "no difference", *rest)]
    rows += [(name, "5.92", "3.1 to 8.75", "-1.43 [-2.22, -0.629]", *rest) for name in ("jit", "task-scoped")]
    return Table(columns, rows)


def test_a_wider_terminal_never_makes_a_table_longer() -> None:
    lengths = [len(compared().text(fit).splitlines()) for fit in range(60, 240)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == 5


def test_of_a_squeezed_and_a_folded_table_the_shorter_is_written() -> None:
    what = "take the {} away from the role of whoever answers tickets by night"
    rows = [(1, what.format("key of the vault"), 5, "1 [0, 2]"), (2, what.format("token of the desk"), 5, "1 [0, 2]")]
    lines = Table(("", "what to narrow", "saves in a year", "mean after"), rows).text(44).splitlines()
    assert lines == [
        "   what to narrow",
        "-  -----------------------------------------",
        "1  take the key of the vault away from the",
        "   role of whoever answers tickets by night",
        "2  take the token of the desk away from the",
        "   role of whoever answers tickets by night",
        "",
        "   saves in a year  mean after",
        "-  ---------------  ----------",
        "1                5    1 [0, 2]",
        "2                5    1 [0, 2]",
    ]


def test_a_quantity_stays_whole_in_a_column_of_words() -> None:
    rows = [("a policy with a name", "no difference"), ("another policy", "-118 [-119, -118]")]
    assert "-118 [-119, -118]" in Table(("policy", "against the one in force"), rows).text(30)


def test_many_rows_are_written_one_by_one_instead() -> None:
    table = side_by_side()
    assert Table(table.columns, [*table.rows] * 20).text(44).splitlines()[:6] == [
        "static-secrets",
        "  value lost              119",
        "  against-the-policy-in-  no difference",
        "  force",
        "  interval                100 % [99.6 %,",
        "                          100 %]",
    ]


def test_a_number_is_never_broken_over_two_lines() -> None:
    table = Table(("policy", "value"), [("a policy with a long name", 123456789)])
    assert "123,456,789" in table.text(24)
    assert wrap("between 12 ms and 99.6 %", 12) == ["between", "12 ms and", "99.6 %"]


@given(st.text(), st.integers(2, 40))
def test_wrapped_lines_fit_and_keep_every_character(text: str, places: int) -> None:
    lines = wrap(text, places)
    assert all(width(line) <= places for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert width(shorten(text, places)) <= places


def test_what_reorders_or_hides_text_is_escaped() -> None:
    assert printable("a\u202eb\u200bc\x07\U000e0041\ud800") == "a\\u202eb\\u200bc\\x07\\U000e0041\\ud800"
    assert printable("naïve 漢字 👩\u200d🚀") == "naïve 漢字 👩\u200d🚀"


def test_markdown_reads_nothing_in_a_cell_as_markup() -> None:
    nasty = "a|b\n<img src=x onerror=1> [x](javascript:1) `c` *d* _e_ snake_case @team #12 &amp; $x$ ~s~ \\|"
    line = Table(("c",), [(nasty,)]).markdown().splitlines()[-1]
    assert line == (
        "| a\\|b\\\\n\\<img src=x onerror=1\\> \\[x\\](javascript:1) \\`c\\` \\*d\\* \\_e\\_ snake_case @&#8203;team "
        "#&#8203;12 \\&amp; \\$x\\$ \\~s\\~ \\\\\\| |"
    )


def test_a_code_host_makes_no_mention_reference_or_link_of_a_name() -> None:
    """They look for these in the text that is left after Markdown, where an entity is the character again."""
    for name in ("@team", "me@corp", "#12", "org/repo#12", "https://evil.example", "www.evil.example"):
        shown = html.unescape(escape_markdown(name))
        assert shown.replace("\u200b", "") == name
        assert not re.search(r"[@#]\w|://|www\.", shown), name


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(tables())
def test_html_has_only_the_tags_of_the_table_and_shows_every_cell(table: Table) -> None:
    parser = _Tags()
    parser.feed(table._repr_html_())
    parser.close()
    assert set(parser.tags) <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
    assert parser.tags.count("td") == len(table.rows) * len(table.columns)
    shown = "".join(parser.texts)
    assert all(printable(cell) in shown for row in table.rows for cell in row if isinstance(cell, str))


@given(tables())
def test_json_is_strict_and_keeps_what_json_can_say(table: Table) -> None:
    text = json.dumps(table.to_dict(), allow_nan=False)
    assert json.loads(text)["columns"] == list(table.columns)
    assert [tuple(record) for record in table.records()] == [tuple(table.columns)] * len(table.rows)


def test_numpy_scalars_become_numbers() -> None:
    row: list[Any] = [np.int64(3), np.float32(0.5), np.bool_(True)]
    table = Table(("i", "f", "b"), [row])
    assert table.rows == ((3, 0.5, True),)
    assert json.dumps(table.records(), allow_nan=False) == '[{"i": 3, "f": 0.5, "b": true}]'


def test_a_table_is_refused_when_it_cannot_be_drawn() -> None:
    with pytest.raises(InputError, match="has 1 cells: give one for each of the 2 columns"):
        Table(("a", "b"), [("x",)])
    with pytest.raises(InputError, match="'a' stands twice"):
        Table(("a", "a"))
    with pytest.raises(InputError, match="a table cell is a list"):
        Table(("a",), [([1],)])  # type: ignore[list-item]


def test_a_table_is_frozen_and_its_repr_is_one_line() -> None:
    table = Table(["a"], [["x"]], title="worst")
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.title = "best"  # type: ignore[misc]
    assert repr(table) == "<Table 'worst': 1 rows x 1 columns>"
    assert table == Table(("a",), (("x",),), title="worst")
    assert hash(table) == hash(Table(("a",), (("x",),), title="worst"))


def test_a_table_without_rows_says_so() -> None:
    assert Table(("goal",)).text() == "goal\n----\n(none)"
