"""How long 100,000 spans take from files to the part of a scenario, and the memory that they need."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest
from benchmarks.recorded_spans import EACH, write_spans

from simkit.importers import import_files

SPANS = 100_000
SECONDS = 10.0


@pytest.mark.slow
def test_100000_spans_take_ten_seconds_of_the_processor_and_a_gigabyte_at_most(tmp_path: Path) -> None:
    paths = write_spans(tmp_path, SPANS)
    start = time.process_time()
    (made,) = import_files(paths)
    text = made.text()
    assert time.process_time() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1 << 20, "in KiB"
    assert text.count('"source"') == SPANS // EACH
