"""Numbers are put in order as numpy does that by comparing them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.attackgraph.order import each_once, order_of

numbers = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 1 << 17), st.integers(0, (1 << 62) - 1)))


@given(numbers)
def test_the_order_is_that_of_a_stable_sort(given_numbers: list[int]) -> None:
    values = np.array(given_numbers, dtype=np.int64)
    assert order_of(values).tolist() == np.argsort(values, kind="stable").tolist()


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_equal_numbers_stay_as_they_come(kind: type) -> None:
    assert order_of(np.array([65536, 1, 65536, 0, 1], dtype=kind)).tolist() == [3, 1, 4, 0, 2]


@given(numbers)
def test_what_is_there_once_is_what_numpy_says(given_numbers: list[int]) -> None:
    values = np.array(given_numbers, dtype=np.int64)
    assert each_once(values).tolist() == np.unique(values).tolist()
