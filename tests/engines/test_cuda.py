"""The engine for a GPU where none is: in numba's CUDA simulator, through NVIDIA's compiler, refused in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numba.cuda
import pytest

from simkit.errors import InputError, QuestionError
from simkit.package import pip_install
from simkit.scenario import load
from simkit.simulation import rank

ROOT = Path(__file__).parents[2]
STARTER = load(ROOT / "scenarios" / "starter.yaml")
INDEX, WORDS, TABLE = "int32[::1]", "uint64[::1]", "uint64[:,::1]"


def test_it_equals_the_reference_in_the_simulator() -> None:
    """The simulator is chosen when numba is imported, so this takes a process of its own."""
    file = str(Path(__file__).with_name("cuda_on_the_simulator.py"))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", file],
        cwd=ROOT,
        env={**inherited, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
    assert "skipped" not in run.stdout


def test_the_kernels_compile_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """NVIDIA's compiler comes with the extra gpu and needs no GPU; it refuses what the simulator takes."""
    pytest.importorskip("numba_cuda", reason=f"{pip_install('gpu')} brings NVIDIA's compiler")
    from simkit.engines import cuda

    a_gpu = SimpleNamespace(compute_capability=(9, 0))
    monkeypatch.setattr("numba.cuda.dispatcher.get_current_device", lambda: a_gpu)
    links, fates = (INDEX,) * 4, (INDEX, TABLE)
    for kernel, takes in (
        (cuda.draw, (WORDS, WORDS, "uint64", "int64", TABLE)),
        (cuda.enter, ("int64[::1]", "int64[::1]", TABLE, INDEX, INDEX, *fates, TABLE, INDEX)),
        (cuda.pass_on, (*links, *fates, TABLE, INDEX, "int64")),
    ):
        text, _ = numba.cuda.compile_ptx(kernel.py_func, f"void({', '.join(takes)})", cc=a_gpu.compute_capability)
        assert ".target sm_90" in text
        assert kernel is cuda.draw or "atom.global.or.b64" in text


@pytest.mark.parametrize("why", ["CUDA driver library cannot be found.\nEnsure that it is.", None])
def test_without_a_gpu_it_says_so_in_a_sentence(why: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.cuda, "is_available", lambda: False)
    monkeypatch.setattr(numba.cuda, "cuda_error", lambda: why)
    with pytest.raises(InputError, match=r"finds no GPU .*pip install 'blast-radius-simkit\[gpu\]'") as caught:
        rank(STARTER, "rbac", engine="cuda")
    assert "\n" not in str(caught.value)
    assert (why or "no NVVM").split(".")[0] in str(caught.value)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(QuestionError, match="no engine is called 'gpu': known: cpu, cuda"):
        rank(STARTER, "rbac", engine="gpu")
