"""The kernel hashes what parts are joined to as hashlib hashes a string."""

from __future__ import annotations

import numpy as np
import pytest

from simkit.engines import blake2b
from simkit.fate import joined_hashes


def test_parts_of_all_lengths_are_hashed_as_the_string_that_they_are_joined_to() -> None:
    generator = np.random.default_rng(7)
    words = ["".join(generator.choice([*"abz: (é€🜁"], length)) for length in range(140)]
    parts = [*words, *("x" * length for length in range(260))]  # some end where a block does
    rows = generator.integers(0, len(parts), (1000, 3))
    rows[: len(parts)] = 0
    rows[: len(parts), 1] = np.arange(len(parts))
    assert blake2b.hash_joined(parts, rows).tolist() == joined_hashes(parts, rows).tolist()


def test_a_kernel_that_cannot_be_kept_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blake2b, "IN_MEMORY", {"hash_rows"})
    monkeypatch.setattr(blake2b, "hash_rows", lambda *_: pytest.fail("the kernel was compiled"))
    rows = np.array([[0, 1], [1, 1]])
    assert blake2b.hash_joined(["a", "b"], rows).tolist() == joined_hashes(["ab", "bb"], np.array([[0], [1]])).tolist()
