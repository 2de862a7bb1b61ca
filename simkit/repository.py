"""The git repository that holds a file, as it was at a revision: neither its working tree nor its index is touched."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from simkit.errors import InputError, QuestionError


def top_of(file: str) -> str:
    """The folder of the repository that holds `file`. Raises InputError without git and outside of a repository."""
    return _git(os.path.dirname(os.path.abspath(file)), "rev-parse", "--show-toplevel").strip()


@contextmanager
def as_it_was(top: str, revision: str, endings: tuple[str, ...]) -> Iterator[str]:
    """A folder with the files of the repository at `top` that end in one of `endings`, as they were where HEAD branched
    from `revision`: the merge base, so that what others changed there since is left out. It goes when the block ends.

    Raises QuestionError for an unknown revision.
    """
    commit = _branched_from(top, revision)
    with tempfile.TemporaryDirectory(prefix="simkit-") as folder:
        _extract(top, commit, endings, folder)
        yield folder


def _branched_from(top: str, revision: str) -> str:
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except InputError:
        told = f"git knows no revision {revision!r} in {top}"
        raise QuestionError(f"{told}: fetch it (a shallow clone has only the last one), or name another") from None
    try:
        return _git(top, "merge-base", commit, "HEAD").strip()
    except InputError:
        return commit  # no common history: then the revision itself is all that there is


def _extract(top: str, commit: str, endings: tuple[str, ...], folder: str) -> None:
    command = ["git", "-C", top, "archive", "--format=tar", commit]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as git:
        assert git.stdout is not None
        with tarfile.open(fileobj=git.stdout, mode="r|") as tar:
            for member in tar:
                if member.isfile() and member.name.endswith(endings):
                    tar.extract(member, folder, filter="data")


def _git(folder: str, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise InputError("git is not installed: install it, or store a baseline instead") from None
    except subprocess.CalledProcessError as error:
        why = (error.stderr.strip().splitlines() or ["it fails"])[-1]
        raise InputError(f"git says of {folder}: {why}") from None
    return done.stdout
