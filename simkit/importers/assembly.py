"""Files in, one `Imported` for each kind out: the walk through folders, and whose file is whose."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from simkit.errors import InputError, Problem, ScenarioError, nearest
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import Imported
from simkit.importers.importer import Importer
from simkit.importers.joined import joined
from simkit.importers.joined_secrets import joined_secrets
from simkit.importers.kinds import IMPORTERS
from simkit.importers.source_file import HEADED, SourceFile, first_problem
from simkit.importers.unread_sources import ENDINGS_BESIDE, KIND, unread_source, unread_sources
from simkit.scenario.loader import LARGE, uncollected

PASSED_BY = frozenset({".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", "site-packages"})
"""Folders whose files are not the user's own."""
PERSONAL = frozenset({"settings.local.json"})
"""Files in a folder that are one person's and in no repository: they would give everybody else another answer."""
_COMPRESSED = (".json.gz", ".jsonl.gz", ".ndjson.gz", ".log.gz")
ENDINGS = (".yaml", ".yml", ".json", ".jsonc", ".jsonl", ".ndjson", ".toml", ".rules", *_COMPRESSED)
"""The files in a folder that are looked at."""
_SKILL = re.compile(r"(^|/)(\.claude/(agents|commands|skills)/.*\.md|\.github/agents/.*\.md|SKILL\.md)$")
"""Pages that are looked at, too: skills, commands and agents of Claude Code, and agents of Copilot."""
TEMPLATE = "it is a template: import what it becomes, as `helm template` prints it"
_TEMPLATED = re.compile(r"(?<!\$)\{\{")
MOST_FILES = 100_000
"""How many files of a folder are looked at."""


def import_files(
    paths: Iterable[str | os.PathLike[str]],
    kind: str = "",
    *,
    importers: Mapping[str, Importer] = IMPORTERS,
    beside: Mapping[str, Draft] | None = None,
    more: Sequence[SourceFile] = (),
) -> tuple[Imported, ...]:
    """What the files at `paths`, and those in folders there, say; one for each kind that was found, in table order,
    and those that join last.

    With `kind` all are of that kind. A file in a folder that cannot be read is listed as not translated. `beside` are
    parts of other kinds that were imported before (`parts_in`), for importers that join. `more` are files that are not
    on the disk, or that stand in for those which are.
    Raises InputError for an unknown kind, and for a named file that cannot be read or is of no kind.
    """
    if kind and kind not in importers:
        raise InputError(f"no importer is called {kind!r}: {nearest(kind, importers)}")
    wanted = [importers[kind]] if kind else list(importers.values())
    with uncollected(LARGE):
        kept = _imported([os.fspath(path) for path in paths], wanted, beside or {}, more)
    if not kept:
        kinds = ", ".join(f"{each.kind} ({each.reads})" for each in wanted)
        raise InputError(f"nothing is there that can be imported: name files of {kinds}")
    return joined_secrets(joined(kept))


def files_of(kind: str, paths: Iterable[str | os.PathLike[str]]) -> tuple[SourceFile, ...]:
    """The files at `paths`, and those in folders there, that are of `kind`. Raises InputError where one is missing."""
    draft = {kind: Draft(kind)}
    found = (file for path in paths for file in _files(os.fspath(path), draft))
    return tuple(file for file in found if _whose(replace(file, named=False), [IMPORTERS[kind]], draft))


def _imported(
    paths: Sequence[str], importers: Sequence[Importer], beside: Mapping[str, Draft], more: Sequence[SourceFile]
) -> tuple[Imported, ...]:
    drafts = {each.kind: Draft(each.kind) for each in importers}
    own: dict[str, list[SourceFile]] = {each.kind: [] for each in importers}
    there, nobodys = [file for path in paths for file in _files(path, drafts)], list[SourceFile]()
    for file in _with(there, more) if more else there:
        found = _whose(file, importers, drafts)
        (nobodys if found is None else own[found.kind]).append(file)
    if KIND in drafts:
        beside_them = (each for path in paths if os.path.isdir(path) for each in _within(path, ENDINGS_BESIDE))
        for source, place in unread_sources(nobodys, beside_them).items():
            if not any(own.values()):
                raise InputError(f"{place.file} is one of {source.what}, and nothing else is there: {source.instead}")
            drafts[KIND].leave(place, source.what, source.instead)
    made: dict[str, Imported] = {}
    for each in sorted(importers, key=lambda importer: importer.joins):
        drafts[each.kind].seen = [file for kind in each.sees for file in own.get(kind, ())]
        if each.joins:
            now = {other.kind: drafts[other.kind] for other in importers if own[other.kind] and not other.joins}
            drafts[each.kind].beside = {**beside, **now}
        made[each.kind] = _translated(each, own[each.kind], drafts[each.kind])
    return tuple(each for kind, each in made.items() if own[kind] or each.untranslated)


def _with(there: Sequence[SourceFile], more: Sequence[SourceFile]) -> list[SourceFile]:
    """`there` with `more`, each in place of the one that it stands in for, else where a walk would come to it."""
    fresh = {os.path.realpath(each.path): each for each in more}
    found = [fresh.pop(os.path.realpath(each.path), each) for each in there]
    return sorted([*found, *fresh.values()], key=_walked) if fresh else found


def _walked(file: SourceFile) -> list[tuple[bool, str]]:
    """What a walk sorts by: the files of a folder, then the folders in it."""
    parts = os.path.normpath(file.path).split(os.sep)
    return [*((True, part) for part in parts[:-1]), (False, parts[-1])]


def _translated(importer: Importer, files: Sequence[SourceFile], draft: Draft) -> Imported:
    importer.translate(files, draft)
    return draft.done(importer.unseen)


def _files(path: str, drafts: Mapping[str, Draft]) -> Iterator[SourceFile]:
    """The file that the user named, or those in the folder; what cannot be opened there is told."""
    if not os.path.isdir(path):
        yield SourceFile.opened(path)
        return
    for found in _within(path):
        try:
            yield SourceFile.opened(found, named=False)
        except InputError as error:
            next(iter(drafts.values())).leave(FilePlace(found), "the file", _sentence(error))


def _within(folder: str, endings: tuple[str, ...] = ENDINGS) -> Iterator[str]:
    count = 0
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in PASSED_BY)
        for name in sorted(names):
            path = os.path.normpath(os.path.join(top, name))
            wanted = name.endswith(endings) or (name.endswith(HEADED) and _SKILL.search(path.replace(os.sep, "/")))
            # a link may lead out of the folder, and a pipe would never end
            if wanted and name not in PERSONAL and stat.S_ISREG(os.lstat(path).st_mode):
                count += 1
                if count > MOST_FILES:
                    raise InputError(f"{folder!r} holds more than {MOST_FILES:,} files: name the folders that matter")
                yield path


def _whose(file: SourceFile, importers: Sequence[Importer], drafts: Mapping[str, Draft]) -> Importer | None:
    """The importer whose file it is; None for one in a folder that is nobody's, or that cannot be read.

    Raises InputError where the user named the file.
    """
    for importer in importers:
        if not importer.suspects(file):
            continue
        try:
            if importer.claims(file):
                return None if not file.named and _is_template(file, drafts[importer.kind]) else importer
        except ScenarioError as error:
            if file.named:
                raise
            problem = first_problem(error)
            why = TEMPLATE if _TEMPLATED.search(file.text) else problem.message
            drafts[importer.kind].leave(_place(problem), "the file", why)
            return None
    if file.named:
        _refuse(file, importers)
    return None


def _is_template(file: SourceFile, draft: Draft) -> bool:
    """True, and told to `draft`, if a part of it is no YAML where it has braces of a template."""
    if not file.plain_path.endswith((".yaml", ".yml")) or not _TEMPLATED.search(file.text):
        return False
    lines = file.text.splitlines()
    found = (
        problem
        for document in file.documents
        for problem in document.problems
        if _TEMPLATED.search(lines[problem.line - 1] if problem.line <= len(lines) else "")
    )
    problem = next(found, None)
    if problem is not None:
        draft.leave(_place(problem), "the file", TEMPLATE)
    return problem is not None


def _refuse(file: SourceFile, importers: Sequence[Importer]) -> None:
    """Raises ScenarioError where `file` cannot be read at all, InputError where it is of no kind."""
    if file.path.endswith(ENDINGS):
        _ = file.documents
    source = unread_source(file.plain_path, file.text)
    if source is not None:
        raise InputError(f"{file.path} is one of {source.what}, which are not read: {source.instead}")
    if len(importers) == 1:
        raise InputError(f"{file.path} is no file of the kind {importers[0].kind}: that reads {importers[0].reads}")
    kinds = "; ".join(f"{each.kind}: {each.reads}" for each in importers)
    raise InputError(f"{file.path} is of no kind that can be imported ({kinds}): name another file, or say --kind")


def _place(problem: Problem) -> FilePlace:
    return FilePlace(problem.file, problem.line, problem.column)


def _sentence(error: InputError) -> str:
    return str(error).split("\n", maxsplit=1)[0]
