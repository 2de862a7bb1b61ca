"""Draws, as `simkit.fate` and `simkit.distributions` define them, on 64-bit words: parts of the kernels."""

# mypy: allow-untyped-defs

from __future__ import annotations

import numpy as np

from simkit.distributions import CELLS_PER_OCTAVE, FOREVER, KNOTS
from simkit.engines.compiled import inlined, outlined, part
from simkit.fate import CERTAIN, MULTIPLIERS, ROUNDS, WEYL

_M0, _M1 = np.uint64(MULTIPLIERS[0]), np.uint64(MULTIPLIERS[1])
_W0, _W1 = np.uint64(WEYL[0]), np.uint64(WEYL[1])
_MASK, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)
_ONE, _16, _31, _48 = np.uint64(1), np.uint64(16), np.uint64(31), np.uint64(48)
_KNOTS, _CELLS = np.int64(KNOTS), np.int64(CELLS_PER_OCTAVE)
NONE, ALL = np.uint64(0), np.uint64(0xFFFFFFFFFFFFFFFF)
CERTAINLY = np.uint64(CERTAIN)
NO_END = np.int64(FOREVER)
CALLS = 16
"""Calls of the generator for a word of success bits: 64 samples."""


@inlined
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Ten rounds of Philox on four 32-bit words, each in a uint64 whose upper half does not count."""
    for _ in range(ROUNDS):
        p0 = _M0 * (c0 & _MASK)
        p1 = _M1 * (c2 & _MASK)
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1, (p0 >> _32) ^ c3 ^ k1, p0
        k0 = (k0 + _W0) & _MASK
        k1 = (k1 + _W1) & _MASK
    return c0 & _MASK, c1 & _MASK, c2 & _MASK, c3 & _MASK


@part
def words(seed, block, stream, key):
    """The words of the four samples of `block`."""
    return philox4x32(np.uint64(block), stream, key & _MASK, key >> _32, seed & _MASK, seed >> _32)


@outlined
def word(seed, sample, stream, key):
    """The word of one sample."""
    four = words(seed, sample >> 2, stream, key)
    place = sample & 3
    if place == 0:
        return four[0]
    if place == 1:
        return four[1]
    return four[2] if place == 2 else four[3]


@part
def slot(sample):
    """The bit of `sample` in the word of the 64 samples that it belongs to (see `success_word`)."""
    return np.uint64(((sample & 3) << 4) | ((sample >> 2) & 15))


@inlined
def success_word(seed, first_sample, stream, key, limit):
    """Which of 64 samples from `first_sample` (a multiple of 64) draw a word under `limit`.

    Bit 16 w + c is word w of call c: the four comparisons of a call land in four quarters of the word, with no
    shuffling, and the compiler turns the loop over calls into vector instructions.
    """
    low, high, k0, k1 = key & _MASK, key >> _32, seed & _MASK, seed >> _32
    block, bits = np.uint64(first_sample >> 2), NONE
    for turn in range(CALLS):
        c = np.uint64(turn)
        w0, w1, w2, w3 = philox4x32(block + c, stream, low, high, k0, k1)
        bits |= _ONE << c if w0 < limit else NONE
        bits |= _ONE << (c + _16) if w1 < limit else NONE
        bits |= _ONE << (c + _32) if w2 < limit else NONE
        bits |= _ONE << (c + _48) if w3 < limit else NONE
    return bits


@outlined
def between_knots(table, drawn):
    """The duration in ticks that the word `drawn` picks from the quantile table `table`."""
    upper = np.int64(drawn >> _31)
    tail = np.int64(_MASK - drawn) if upper else np.int64(drawn)
    octave = _bit_length(tail)
    fraction = (tail << (32 - octave)) & np.int64(0x7FFFFFFF) if octave else np.int64(0)
    cell = upper * _KNOTS + octave * _CELLS + (fraction >> 27)
    left, right = table[cell], table[cell + 1]
    return left + ((right - left) * ((fraction >> 11) & 0xFFFF) >> 16)


@part
def _bit_length(value):
    """The bit length of a 32-bit `value`, by halving."""
    length = np.int64(0)
    for shift in (16, 8, 4, 2, 1):
        if value >> shift:
            value >>= shift
            length += shift
    return length + value


@part
def share_of(ttl, drawn):
    """The part of `ttl` that an aged token has left: ttl x (2**32 - drawn) / 2**32, exactly."""
    left = CERTAINLY - drawn
    high, low = np.uint64(ttl) >> _32, np.uint64(ttl) & _MASK
    return np.int64(high * left + ((low * left) >> _32))


@part
def variant_of(upper, drawn):
    """How an entry turns out: the first of the thresholds `upper` above the word `drawn`."""
    for i in range(len(upper)):
        if drawn < upper[i]:
            return i
    return -1
