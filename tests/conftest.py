"""What every test shares: benchmarks are slow, and property tests give the same examples on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import started
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BENCHMARKS = Path(__file__).parent / "benchmarks"

# One numba compilation inside an example would break a deadline; a fixed seed makes a failure repeatable anywhere.
settings.register_profile("simkit", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("simkit")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, the only one of the process (a second one cannot be driven while the first is); the test is
    skipped where none is installed."""
    with started() as found:
        yield found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what lies under tests/benchmarks as slow, which the default selection leaves out."""
    for item in items:
        if item.path.is_relative_to(BENCHMARKS):
            item.add_marker("slow")
