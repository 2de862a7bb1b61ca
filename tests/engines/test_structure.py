"""A named tuple in the frame of a kernel: what a part reads and writes there is what the caller gave."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from numba.core.errors import TypingError

from simkit.engines.compiled import kernel, outlined, part
from simkit.engines.structure import spans


class Inner(NamedTuple):
    words: Any
    count: int


class Outer(NamedTuple):
    flag: bool
    inner: Inner
    rows: Any
    small: Any
    again: Inner


@part
def _sum(outer):  # type: ignore[no-untyped-def]
    total = np.int64(0)
    for i in range(len(outer.inner.words)):
        total += np.int64(outer.inner.words[i]) * outer.again.count
    return total + outer.rows[1, 2] if outer.flag else total


@outlined
def _write(inner, value):  # type: ignore[no-untyped-def]
    inner.words[0] = value


@kernel
def read_and_write(given, value):  # type: ignore[no-untyped-def]
    outer = spans(given)
    before = _sum(outer)
    _write(outer.again, value)
    outer.small[1] = outer.inner.count
    return before, _sum(outer), len(outer.rows), len(outer.small)


@kernel
def read_what_is_not_there(given):  # type: ignore[no-untyped-def]
    return spans(given).missing


def outer(flag: bool) -> Outer:
    words = np.array([2, 3], dtype=np.uint64)
    rows = np.arange(6, dtype=np.int64).reshape(2, 3)
    return Outer(flag, Inner(words, 7), rows, np.zeros(4, dtype=np.uint8), Inner(words, 10))


@pytest.mark.parametrize(("flag", "more"), [(False, 0), (True, 5)])
def test_parts_read_and_write_what_the_tuples_hold(flag: bool, more: int) -> None:
    given = outer(flag)
    assert read_and_write(given, 100) == (50 + more, 1030 + more, 2, 4)
    assert given.inner.words.tolist() == [100, 3]
    assert given.small.tolist() == [0, 7, 0, 0]


def test_two_tuples_of_the_same_names_and_other_arrays_are_two_structures() -> None:
    given = outer(True)._replace(small=np.zeros(3, dtype=np.int32), rows=np.full((2, 3), 4, dtype=np.int64))
    assert read_and_write(given, 100) == (54, 1034, 2, 3)
    assert read_and_write(outer(True), 100)[0] == 55


def test_a_field_that_is_not_there_is_an_error_of_types() -> None:
    with pytest.raises(TypingError, match="missing"):
        read_what_is_not_there(outer(True))


def test_an_array_by_columns_is_refused() -> None:
    given = outer(True)
    with pytest.raises(TypingError, match="row by row"):
        read_and_write(given._replace(rows=np.asfortranarray(given.rows)), 1)
