"""The git repository that holds a file, as it was at a revision: neither its working tree nor its index is touched."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from simkit.errors import InputError, QuestionError


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit by its full id, when it was made (ISO 8601), the first line of its message, and what the file in
    question was called in it, seen from the top of the repository."""

    id: str
    moment: str
    subject: str
    path: str


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


@contextmanager
def at_commit(top: str, commit: str, endings: tuple[str, ...], under: str = "") -> Iterator[str]:
    """As `as_it_was`, for the commit itself, and only for what lies in the folder `under`."""
    with tempfile.TemporaryDirectory(prefix="simkit-") as folder:
        _extract(top, commit, endings, folder, under)
        yield folder


def commits_of(top: str, path: str, beside: Iterable[str] = ()) -> list[Commit]:
    """The commits before HEAD, and HEAD, that touched `path`, whatever it was called then, or a file of `beside`; the
    newest first."""
    followed = _followed(top, path)
    names = dict.fromkeys([path, *(old for _, old in followed.values()), *beside])
    told = _git(top, "log", "--topo-order", "--format=%H%x09%cI%x09%s", "--end-of-options", "HEAD", "--", *names)
    found, called = [], path
    for line in told.splitlines():
        commit, moment, subject = line.split("\t", 2)
        now, before = followed.get(commit, (called, called))
        found.append(Commit(commit, moment, subject, now))
        called = before
    return found


def commits_since(top: str, revision: str) -> Collection[str]:
    """The ids of the commits that HEAD has and `revision` has not. Raises QuestionError for an unknown revision."""
    return set(_git(top, "rev-list", f"{_commit(top, revision)}..HEAD").split())


def is_committed(top: str, paths: Iterable[str]) -> bool:
    """True if none of the files `paths` is otherwise than in HEAD."""
    return not _git(top, "status", "--porcelain", "--", *paths).strip()


def is_shallow(top: str) -> bool:
    """True if the repository holds only the last part of its history, as most clones of CI do."""
    return _git(top, "rev-parse", "--is-shallow-repository").strip() == "true"


def _followed(top: str, path: str) -> dict[str, tuple[str, str]]:
    """By commit that touched the file at `path`: what it was called in it, and just before."""
    told = _git(top, "-c", "core.quotePath=false", "log", "--follow", "--name-status", "--format=%x00%H", "--", path)
    found = {}
    for block in filter(None, told.split("\0")):
        commit, *lines = filter(None, block.splitlines())
        _, before, *renamed = lines[0].split("\t") if lines else ("", path)
        found[commit] = (renamed[0] if renamed else before, before)
    return found


def _commit(top: str, revision: str) -> str:
    try:
        return _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except InputError:
        told = f"git knows no revision {revision!r} in {top}"
        raise QuestionError(f"{told}: fetch it (a shallow clone has only the last one), or name another") from None


def _branched_from(top: str, revision: str) -> str:
    commit = _commit(top, revision)
    try:
        return _git(top, "merge-base", commit, "HEAD").strip()
    except InputError:
        return commit  # no common history: then the revision itself is all that there is


def _extract(top: str, commit: str, endings: tuple[str, ...], folder: str, under: str = "") -> None:
    command = ["git", "-C", top, "archive", "--format=tar", commit, *(["--", under] if under else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as git:
        assert git.stdout is not None
        # of a commit without any file, or without any there, what git writes is no archive
        with suppress(tarfile.ReadError), tarfile.open(fileobj=git.stdout, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() and member.name.endswith(endings) else None
                if content is not None and _lies_below(member.name):
                    place = os.path.join(folder, *member.name.split("/"))
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    with open(place, "wb") as file:
                        file.write(content.read())


def _lies_below(name: str) -> bool:
    """True if `name` leads to no place outside; `TarFile.extract` asks the same from Python 3.11.4 on (`filter`)."""
    return not name.startswith("/") and os.pardir not in name.split("/")


def _git(folder: str, *words: str) -> str:
    try:
        # a name may hold what git takes for a pattern
        command = ["git", "--literal-pathspecs", "-C", folder, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise InputError("git is not installed: install it, or store a baseline instead") from None
    except subprocess.CalledProcessError as error:
        why = (error.stderr.strip().splitlines() or ["it fails"])[-1]
        raise InputError(f"git says of {folder}: {why}") from None
    return done.stdout
