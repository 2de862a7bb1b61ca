"""Rows of eight words: what passes on, and whether it was new."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simkit.engines.compiled import kernel
from simkit.engines.instructions import FULL, NEWS, WORDS, pass_on
from simkit.engines.structure import spans

ALL = 2**64 - 1
words = st.lists(st.sampled_from([0, 1, 2**63, ALL - 1, ALL]) | st.integers(0, ALL), min_size=WORDS, max_size=WORDS)


@kernel
def passed_on(slots, works, row, held, fact):  # type: ignore[no-untyped-def]
    return pass_on(spans(slots), spans(works), row, spans(held), fact)


@given(words | st.just([ALL] * WORDS), words | st.just([ALL] * WORDS), words)
def test_what_was_asked_and_works_holds_from_then_on(asked: list[int], able: list[int], before: list[int]) -> None:
    works, held = np.zeros((3, WORDS), dtype=np.uint64), np.zeros((3, WORDS), dtype=np.uint64)
    works[2], held[1] = able, before
    after = np.array(before, dtype=np.uint64) | np.array(asked, dtype=np.uint64) & works[2]
    told = passed_on(np.array(asked, dtype=np.uint64), works, np.int32(2), held, np.int32(1))
    new = after.tolist() != before
    assert told == NEWS * new + FULL * (new and after.tolist() == [ALL] * WORDS)
    assert held.tolist() == [[0] * WORDS, after.tolist(), [0] * WORDS]
