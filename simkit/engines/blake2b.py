"""The keys of draws, where there are very many: BLAKE2b of 64 bits (RFC 7693), without a Python string for each."""

# mypy: allow-untyped-defs

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simkit.engines.compiled import IN_MEMORY, announced, kernel, outlined, part
from simkit.fate import joined_hashes

BLOCK = 128
PARAMETERS = 0x01010008
"""Of the hash: 8 bytes, without a key, one after another."""

_START = (
    "6a09e667f3bcc908 bb67ae8584caa73b 3c6ef372fe94f82b a54ff53a5f1d36f1 "
    "510e527fade682d1 9b05688c2b3e6c1f 1f83d9abfb41bd6b 5be0cd19137e2179"
)
START = np.array([int(word, 16) for word in _START.split()], dtype=np.uint64)
_ORDERS = (
    "0123456789abcdef ea489fd61c02b753 b8c052fdae367194 7931dcbe265a40f8 905724afe1bc683d "
    "2c6a0b834d75fe19 c51fed4a0763928b db7ec13950f4862a 6fe9b308c2d714a5 a2847615fb9e3cd0"
)
ORDERS = np.array([[int(digit, 16) for digit in row] for row in _ORDERS.split()], dtype=np.int64)
ROUNDS = 12


def hash_joined(parts: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """`joined_hashes` of the same: by a kernel, if it need not be compiled by each process."""
    if "hash_rows" in IN_MEMORY or sys.byteorder != "little":
        return joined_hashes(parts, rows)
    encoded = [each.encode() for each in parts]
    starts = np.concatenate([[0], np.cumsum([*map(len, encoded)])]).astype(np.int64)
    found = np.empty(len(rows), dtype=np.uint64)
    hash_rows(np.frombuffer(b"".join(encoded), dtype=np.uint8), starts, rows, found)
    return found


@announced("the hash of names", seconds=5)
@kernel
def hash_rows(text, starts, rows, found):
    """Writes into `found` the hash of each of `rows`, of parts joined: part p is text[starts[p] : starts[p + 1]]."""
    block = np.zeros(BLOCK, dtype=np.uint8)
    words = block.view(np.uint64)
    state = np.empty(8, dtype=np.uint64)
    for row in range(len(rows)):
        state[:] = START
        state[0] ^= np.uint64(PARAMETERS)
        before, filled = 0, 0
        for piece in rows[row]:
            for place in range(starts[piece], starts[piece + 1]):
                if filled == BLOCK:  # one that ends here would be the last
                    before, filled = before + BLOCK, 0
                    _compress(state, words, before, False)
                block[filled] = text[place]
                filled += 1
        block[filled:] = 0
        _compress(state, words, before + filled, True)
        found[row] = state[0]


@outlined
def _compress(h, m, length, is_last):
    """Takes the block `m` into the state `h`, after `length` bytes with it: what RFC 7693 calls F."""
    a0, a1, a2, a3, b0, b1, b2, b3 = h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
    c0, c1, c2, c3 = START[0], START[1], START[2], START[3]
    d0, d1, d2, d3 = START[4] ^ np.uint64(length), START[5], START[6], START[7]
    if is_last:
        d2 = ~d2
    for number in range(ROUNDS):
        s = ORDERS[number % len(ORDERS)]
        a0, b0, c0, d0 = _mixed(a0, b0, c0, d0, m[s[0]], m[s[1]])
        a1, b1, c1, d1 = _mixed(a1, b1, c1, d1, m[s[2]], m[s[3]])
        a2, b2, c2, d2 = _mixed(a2, b2, c2, d2, m[s[4]], m[s[5]])
        a3, b3, c3, d3 = _mixed(a3, b3, c3, d3, m[s[6]], m[s[7]])
        a0, b1, c2, d3 = _mixed(a0, b1, c2, d3, m[s[8]], m[s[9]])
        a1, b2, c3, d0 = _mixed(a1, b2, c3, d0, m[s[10]], m[s[11]])
        a2, b3, c0, d1 = _mixed(a2, b3, c0, d1, m[s[12]], m[s[13]])
        a3, b0, c1, d2 = _mixed(a3, b0, c1, d2, m[s[14]], m[s[15]])
    h[0], h[1], h[2], h[3] = h[0] ^ a0 ^ c0, h[1] ^ a1 ^ c1, h[2] ^ a2 ^ c2, h[3] ^ a3 ^ c3
    h[4], h[5], h[6], h[7] = h[4] ^ b0 ^ d0, h[5] ^ b1 ^ d1, h[6] ^ b2 ^ d2, h[7] ^ b3 ^ d3


@part
def _mixed(a, b, c, d, x, y):
    """Four words of the state after two of the block: what RFC 7693 calls G."""
    a = a + b + x
    d = _turned(d ^ a, 32)
    c = c + d
    b = _turned(b ^ c, 24)
    a = a + b + y
    d = _turned(d ^ a, 16)
    c = c + d
    b = _turned(b ^ c, 63)
    return a, b, c, d


@part
def _turned(word, places):
    return (word >> np.uint64(places)) | (word << np.uint64(64 - places))
