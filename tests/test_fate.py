"""The generator: published test vectors, the compiled twin, and words that are uniform."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simkit.distributions import Distribution, Empirical, Exponential, Lognormal, Uniform, Weibull, draw, quantile_table
from simkit.engines import draws
from simkit.engines.compiled import kernel
from simkit.errors import QuestionError
from simkit.fate import CERTAIN, Stream, checked_seed, key_hash, philox4x32, threshold, word

ONES = 0xFFFFFFFF
words = st.integers(0, ONES)

LAWS: tuple[Distribution, ...] = (
    Exponential(2332800.0),
    Lognormal(172800.0, 4.5997),
    Weibull(0.27, 2764800000.0),
    Uniform(60.0, 300.0),
    Empirical((60.0, 119.0, 127.0)),
)

# Random123, kat_vectors: "philox4x32 10 <counter> <key> <expected>".
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_philox_gives_the_published_words(counter, key, expected) -> None:  # type: ignore[no-untyped-def]
    assert philox4x32(counter, key) == expected


def compiled(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    return tuple(int(value) for value in draws.philox4x32(*map(np.uint64, counter), *map(np.uint64, key)))


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_the_compiled_philox_gives_the_published_words(counter, key, expected) -> None:  # type: ignore[no-untyped-def]
    assert compiled(counter, key) == expected


@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_the_compiled_philox_equals_the_plain_one(counter: tuple[int, int, int, int], key: tuple[int, int]) -> None:
    assert compiled(counter, key) == philox4x32(counter, key)


@kernel
def compiled_word(seed, sample, stream, key):  # type: ignore[no-untyped-def]
    return draws.word(seed, sample, stream, key)


@kernel
def compiled_duration(table, drawn):  # type: ignore[no-untyped-def]
    return draws.between_knots(table, drawn)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**34 - 1), st.sampled_from(Stream), st.integers(0, 2**64 - 1))
def test_the_compiled_words_are_the_plain_ones(seed: int, sample: int, stream: Stream, key: int) -> None:
    drawn = compiled_word(np.uint64(seed), np.int64(sample), np.uint64(stream), np.uint64(key))
    assert int(drawn) == word(seed, sample, stream, key)


@given(st.sampled_from(LAWS), words | st.sampled_from((0, 1, 2**31 - 1, 2**31, ONES - 1, ONES)))
def test_the_compiled_durations_are_the_plain_ones(law: Distribution, drawn: int) -> None:
    table = quantile_table(law)
    assert int(compiled_duration(np.array(table), np.uint64(drawn))) == draw(table, drawn)


def test_a_word_is_at_the_place_that_its_definition_names() -> None:
    seed, key = 0x0123456789ABCDEF, 0xFEDCBA9876543210
    four = philox4x32((5, 3, 0x76543210, 0xFEDCBA98), (0x89ABCDEF, 0x01234567))
    assert [word(seed, sample, Stream.ALERT_DELAY, key) for sample in (20, 21, 22, 23)] == list(four)
    assert word(seed, 24, Stream.ALERT_DELAY, key) not in four


def test_each_kind_of_draw_has_a_stream_of_its_own() -> None:
    assert [int(stream) for stream in Stream] == list(range(12))
    assert len({word(1, 0, stream, 2) for stream in Stream}) == 12


@pytest.mark.parametrize("stream", [Stream.SUCCESS, Stream.AGE])
def test_words_are_uniform_over_samples(stream: Stream) -> None:
    drawn = [word(7, sample, stream, key_hash("some step")) / 2**32 for sample in range(4000)]
    assert stats.kstest(drawn, "uniform").pvalue > 0.001


def test_words_are_uniform_over_keys_and_seeds() -> None:
    by_key = [word(7, 0, Stream.SUCCESS, key_hash(f"step {number}")) / 2**32 for number in range(4000)]
    by_seed = [word(seed, 0, Stream.SUCCESS, key_hash("step")) / 2**32 for seed in range(4000)]
    assert stats.kstest(by_key, "uniform").pvalue > 0.001
    assert stats.kstest(by_seed, "uniform").pvalue > 0.001


def test_neighbouring_samples_streams_and_keys_are_not_correlated() -> None:
    here = [word(7, sample, Stream.SUCCESS, 1) for sample in range(4000)]
    others = {
        "next sample": [word(7, sample + 1, Stream.SUCCESS, 1) for sample in range(4000)],
        "next stream": [word(7, sample, Stream.DURATION, 1) for sample in range(4000)],
        "next key": [word(7, sample, Stream.SUCCESS, 2) for sample in range(4000)],
        "next seed": [word(8, sample, Stream.SUCCESS, 1) for sample in range(4000)],
    }
    for name, there in others.items():
        assert abs(np.corrcoef(here, there)[0, 1]) < 0.055, name  # 3.5 standard deviations of 4,000 pairs


def test_every_bit_is_one_half_of_the_time() -> None:
    drawn = np.array([word(3, sample, Stream.SUCCESS, 9) for sample in range(4000)], dtype=np.uint64)
    ones = [(drawn >> np.uint64(bit) & np.uint64(1)).sum() for bit in range(32)]
    assert min(ones) > 2000 - 4 * 31.6
    assert max(ones) < 2000 + 4 * 31.6


def test_a_key_is_hashed_by_blake2b_of_64_bits() -> None:
    assert key_hash("step") == int.from_bytes(blake2b(b"step", digest_size=8).digest(), "little")
    assert key_hash("step") != key_hash("Step")
    assert key_hash("é") == int.from_bytes(blake2b("é".encode(), digest_size=8).digest(), "little")


@pytest.mark.parametrize(
    ("chance", "expected"),
    [(0.0, 0), (1.0, CERTAIN), (0.5, 1 << 31), (0.25, 1 << 30), (2**-32, 1), (1.5, CERTAIN), (-0.5, 0)],
)
def test_a_chance_is_a_number_of_words(chance: float, expected: int) -> None:
    assert threshold(chance) == expected


def test_certain_and_impossible_are_exact() -> None:
    assert threshold(1.0) > 2**32 - 1
    assert not threshold(0.0) > 0


@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_seeds_have_64_bits(seed: int) -> None:
    assert checked_seed(seed) == seed


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, "1", True, None])
def test_other_seeds_are_refused(seed: object) -> None:
    with pytest.raises(QuestionError, match=r"is not a whole number from 0 to 2\*\*64 - 1: choose one"):
        checked_seed(seed)  # type: ignore[arg-type]


def test_seeds_that_differ_in_high_bits_only_differ() -> None:
    assert word(1, 0, Stream.SUCCESS, 0) != word(1 + (1 << 32), 0, Stream.SUCCESS, 0)
