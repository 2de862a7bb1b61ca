"""Durations, rates and distributions as people write them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.distributions import Empirical, Exponential, Fixed, Lognormal, Uniform, Weibull
from simkit.scenario.units import (
    DURATION_PATTERN,
    MisfitError,
    distribution,
    distribution_value,
    duration,
    duration_text,
    lifetime,
    rate,
    rate_text,
    shown,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("15s", 15),
        ("15m", 900),
        ("4h", 14400),
        ("27d", 27 * 86400),
        ("2w", 14 * 86400),
        ("1y", 365 * 86400),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("1d12h", 129600),
        ("PT1H", 3600),
        ("P1DT12H", 129600),
        ("PT0.5S", 0.5),
        ("P2W", 14 * 86400),
        ("0s", 0),
        ("0.1s", 0.1),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert duration(text) == seconds


TEXTS = ("", "s", "15", "15 m", "1m1h", "1h1h", "m15", "P", "PT", "P1DT", "PT1", "P1M", "-1s", "1e3s", "１５s", "1_0s")


@pytest.mark.parametrize(
    "raw",
    [*TEXTS, "never", "1" * 500 + "s", "3000y", "1.s", ".5s", "15m\n", "15M", 15, 1.5, True, None, [], {}],
)
def test_what_is_no_duration_is_refused(raw: object) -> None:
    with pytest.raises(MisfitError, match=r": write "):
        duration(raw)


def test_never_is_a_lifetime_and_zero_is_none() -> None:
    assert lifetime("never") == math.inf
    with pytest.raises(MisfitError, match="is zero"):
        lifetime("0s")


@given(st.floats(0, 6e10, allow_subnormal=False))
def test_a_duration_is_written_exactly(seconds: float) -> None:
    written = duration_text(seconds)
    assert duration(written) == seconds
    assert re.match(DURATION_PATTERN, written)


@pytest.mark.parametrize(
    ("text", "per_second"),
    [("2/s", 2), ("30/min", 0.5), ("1/h", 1 / 3600), ("40/d", 40 / 86400), ("1.5/w", 1.5 / 604800)],
)
def test_a_rate_is_read_a_second_and_written_back(text: str, per_second: float) -> None:
    assert rate(text) == per_second
    assert rate_text(per_second) == text


@pytest.mark.parametrize(
    "raw", ["40", "40/", "/d", "40/m", "40/day", "-1/d", "0/d", "1/2d", "40 / d", 40, None, "9999999/s"]
)
def test_what_is_no_rate_is_refused(raw: object) -> None:
    with pytest.raises(MisfitError, match=r": write "):
        rate(raw)


DISTRIBUTIONS = [
    ("60s", Fixed(60.0)),
    ({"exponential": {"mean": "27d"}}, Exponential(27 * 86400.0)),
    ({"lognormal": {"median": "48h", "sigma": 4.6}}, Lognormal(172800.0, 4.6)),
    ({"lognormal": {"p50": "48h", "p20": "1h"}}, Lognormal(172800.0, 4.5997)),
    ({"weibull": {"shape": 0.27, "scale": "32000d"}}, Weibull(0.27, 32000 * 86400.0)),
    ({"uniform": {"low": "1m", "high": "5m"}}, Uniform(60.0, 300.0)),
    ({"empirical": ["60s", "119s", "127s"]}, Empirical((60.0, 119.0, 127.0))),
]


@pytest.mark.parametrize(("raw", "made"), DISTRIBUTIONS)
def test_a_distribution_is_read_and_written_back(raw: object, made: object) -> None:
    assert distribution(raw) == made
    assert distribution(distribution_value(distribution(raw))) == made


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ({}, ()),
        ({"exponential": {"mean": "1s"}, "uniform": {}}, ()),
        ({"normal": {}}, ("normal",)),
        ({"exponential": 3}, ("exponential",)),
        ({"exponential": {}}, ("exponential",)),
        ({"exponential": {"mean": 3}}, ("exponential", "mean")),
        ({"exponential": {"mean": "0s"}}, ("exponential", "mean")),
        ({"exponential": {"mean": "1s", "max": "2s"}}, ("exponential", "max")),
        ({"lognormal": {"median": "1s", "sigma": -1}}, ("lognormal", "sigma")),
        ({"lognormal": {"median": "1s", "sigma": True}}, ("lognormal", "sigma")),
        ({"lognormal": {"p20": "1s"}}, ("lognormal",)),
        ({"lognormal": {"p0": "1s", "p50": "2s"}}, ("lognormal", "p0")),
        ({"lognormal": {"p100": "1s", "p50": "2s"}}, ("lognormal", "p100")),
        ({"lognormal": {"p20": "2s", "p50": "1s"}}, ("lognormal",)),
        ({"lognormal": {"p50": "1ms", "p50.1": "1000y"}}, ("lognormal",)),
        ({"weibull": {"shape": 0, "scale": "1s"}}, ("weibull", "shape")),
        ({"uniform": {"low": "2s", "high": "1s"}}, ("uniform", "low")),
        ({"empirical": []}, ("empirical",)),
        ({"empirical": ["1s", "x"]}, ("empirical", 1)),
    ],
)
def test_what_is_no_distribution_is_refused_where_it_is_wrong(raw: object, at: tuple[str | int, ...]) -> None:
    with pytest.raises(MisfitError, match=r": (write|add|swap|bring|did you mean|known)") as caught:
        distribution(raw)
    assert caught.value.at == at


def test_a_message_shows_long_values_shortly() -> None:
    assert len(shown("x" * 1000)) < 60
    assert shown([["deep"]]) == "a list"
