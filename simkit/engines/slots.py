"""What the slots of a sweep mean: packing starts into bits, and bits into rows.

Slot i of a word is bit 16 (i mod 4) + i / 4: the four samples of a call of the generator lie in four quarters.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simkit.engines.compiled import kernel
from simkit.engines.draws import slot, variant_of, word
from simkit.engines.instructions import WORDS
from simkit.engines.links import Ints, Words
from simkit.fate import Stream

_VARIANT, _ONE = np.uint64(Stream.VARIANT), np.uint64(1)


def bit_places(slots: int) -> Ints:
    """Where the bit of each of the first `slots` slots stands, counted over all words."""
    slot = np.arange(slots)
    return (slot & ~63) | ((slot & 3) << 4) | ((slot >> 2) & 15)


def bit_of(slots: NDArray[np.int64]) -> Words:
    """The bit of each of `slots` within its word."""
    found: Words = np.uint64(1) << (bit_places(int(slots.max(initial=-1)) + 1)[slots] & 63).astype(np.uint64)
    return found


def pack(steps: Sequence[Sequence[int]]) -> tuple[Ints, Words]:
    """The steps that any slot names, and (steps, words) in which slots each of them is named."""
    slots = np.repeat(np.arange(len(steps)), [len(named) for named in steps])
    names = np.array([step for named in steps for step in named], dtype=np.int64)
    found, which = np.unique(names, return_inverse=True)
    bits = np.zeros((len(found), WORDS), dtype=np.uint64)
    np.bitwise_or.at(bits, (which, slots >> 6), bit_of(slots))
    return found, bits


@kernel
def variants(upper, key, seed, first_sample, found):
    """How the entry turns out in each sample from `first_sample` on, into `found`."""
    for i in range(len(found)):
        found[i] = variant_of(upper, word(seed, first_sample + i, _VARIANT, key))


@kernel
def unpack(columns, held):
    """`columns` (words, facts), bit by bit, into `held` (slots, facts)."""
    for i in range(held.shape[0]):
        bit = slot(i)
        for fact in range(held.shape[1]):
            held[i, fact] = (columns[i >> 6, fact] >> bit) & _ONE
