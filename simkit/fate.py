"""The fate of each step in each replay: a counter-based generator, so that draws need no order and no state.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; Random123). The
key is the seed, the counter is (sample // 4, stream, 64-bit BLAKE2b hash of the step's key, low word first), and
sample mod 4 picks the word. So the same step meets the same fate under every policy and after every narrowing, a
longer run extends a shorter one, and any number of threads draws the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from simkit.errors import QuestionError

Words = tuple[int, int, int, int]

_MASK = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
_BEGUN = blake2b(digest_size=8)
CERTAIN = 1 << 32
"""The threshold of a chance of 1: every 32-bit word is below it."""


class Stream(IntEnum):
    """One stream for each kind of draw."""

    SUCCESS = 0
    DURATION = 1
    ALERT = 2
    ALERT_DELAY = 3
    VARIANT = 4
    AGE = 5
    FORGOTTEN = 6
    WAIT = 7
    APPROVAL = 8
    RESPONSE = 9
    LAG = 10
    ROTATION = 11


def philox4x32(counter: Words, key: tuple[int, int]) -> Words:
    """Ten rounds of Philox on four 32-bit words.

    >>> [f"{word:08x}" for word in philox4x32((0, 0, 0, 0), (0, 0))]  # Random123's own test vector
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        p0, p1 = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _MASK, (p0 >> 32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + WEYL[0]) & _MASK, (k1 + WEYL[1]) & _MASK
    return c0, c1, c2, c3


def word(seed: int, sample: int, stream: Stream, key_hash: int) -> int:
    """The 32-bit word that decides `stream` of the step with `key_hash` in `sample`."""
    counter = (sample >> 2, int(stream), key_hash & _MASK, key_hash >> 32)
    return philox4x32(counter, (seed & _MASK, seed >> 32))[sample & 3]


def key_hash(key: str) -> int:
    """The 64-bit BLAKE2b hash of a step's key."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


def key_hashes(keys: Iterable[str]) -> NDArray[np.uint64]:
    """`key_hash` of each of `keys`, as an array.

    >>> key_hashes(["a", "b"]).tolist() == [key_hash("a"), key_hash("b")]
    True
    """
    digests: list[bytes] = []
    for key in keys:  # a copy of a hash that is begun takes half as long as a new one
        begun = _BEGUN.copy()
        begun.update(key.encode())
        digests.append(begun.digest())
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def threshold(chance: float) -> int:
    """The number of 32-bit words, out of 2**32, that mean yes.

    >>> threshold(0.5) == 1 << 31, threshold(1.0) == CERTAIN
    (True, True)
    """
    return min(max(round(chance * CERTAIN), 0), CERTAIN)


def thresholds(chances: Sequence[float] | NDArray[np.float64]) -> NDArray[np.uint64]:
    """`threshold` of each of `chances`, as an array.

    >>> thresholds([0.5, 1.0, 0.3]).tolist() == [threshold(0.5), threshold(1.0), threshold(0.3)]
    True
    """
    scaled = np.rint(np.asarray(chances, dtype=np.float64) * CERTAIN)
    return np.clip(scaled, 0.0, CERTAIN).astype(np.uint64)


def checked_seed(seed: int) -> int:
    """`seed` if it is a whole number from 0 to 2**64 - 1. Raises QuestionError."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 64:
        raise QuestionError(f"seed {seed!r} is not a whole number from 0 to 2**64 - 1: choose one")
    return seed
