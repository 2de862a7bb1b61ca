"""Recordings of real work as observed runs, with the tasks that they suggest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from simkit.errors import ScenarioError
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.importer import Importer
from simkit.importers.recordings.call_lines import is_call_line, read_call_lines
from simkit.importers.recordings.claude_events import read_events
from simkit.importers.recordings.cloud_trail import is_trail, read_trail
from simkit.importers.recordings.github_audit import is_github_log, read_github_log
from simkit.importers.recordings.json_records import LINES, records
from simkit.importers.recordings.kube_audit import is_audit, read_audit
from simkit.importers.recordings.recorded import Recording
from simkit.importers.recordings.recorded_parts import RecordedParts
from simkit.importers.recordings.span_calls import read_spans
from simkit.importers.recordings.trace_span import TraceSpan, otlp_logs, otlp_spans, sdk_spans
from simkit.importers.source_file import SourceFile, first_problem

HEAD = 100_000
"""So many characters at the start of a file show of which format it is."""
_SPANS = re.compile(r'"(?:resourceSpans|resourceLogs)"\s*:|"object"\s*:\s*"trace(?:\.span)?"')
_LOGS = re.compile(r'"eventSource"\s*:|"CloudTrailEvent"\s*:|"audit\.k8s\.io/')
_ACTION, _ACTOR = re.compile(r'"action"\s*:\s*"[\w-]+\.[\w.-]+"'), re.compile(r'"(?:actor|_document_id)"\s*:')
_CALL = re.compile(r'^\s*\{.*"operation"\s*:')
Read = Callable[[list[Any], Recording], None]
FORMATS: tuple[tuple[str, Callable[[Any], bool], Read], ...] = (
    ("CloudTrail", is_trail, read_trail),
    ("Kubernetes audit log", is_audit, read_audit),
    ("GitHub audit log", is_github_log, read_github_log),
    ("calls, one a line", is_call_line, read_call_lines),
)


def translate(files: Sequence[SourceFile], draft: Draft) -> None:
    """Put what recordings show into `draft`."""
    found = list(_recordings(files, draft))
    if found:
        RecordedParts(draft, {file.path: file for file in files}).put(found)


def recordings(files: Sequence[SourceFile]) -> list[Recording]:
    """What `files` show, before names are joined with anything else: spans of all of them as one."""
    return list(_recordings(files, Draft("runs")))


def _recordings(files: Sequence[SourceFile], draft: Draft) -> Iterator[Recording]:
    spans: list[TraceSpan] = []
    of_spans: list[SourceFile] = []
    for file in files:
        try:
            values = list(records(file))
        except ScenarioError as error:
            if file.named:
                raise
            problem = first_problem(error)
            draft.leave(FilePlace(problem.file, problem.line, problem.column), "the file", problem.message)
            continue
        here = list(_spans(values, file.path))
        if here:
            spans += here
            of_spans.append(file)
        logs = [*_logs(file, values), *_others(file, values)]
        if not logs and not here:
            draft.leave(file.origin, "the file", "nothing in it is a call that somebody made")
        yield from logs
    if spans:
        made = Recording(_sources(of_spans), of_spans[0].path, "spans")
        read_spans(spans, made)
        yield made


def _sources(files: Sequence[SourceFile]) -> str:
    more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
    return f"{os.path.basename(files[0].path)}{more}"


def _spans(values: list[Any], path: str) -> Iterator[TraceSpan]:
    for value in values:
        yield from otlp_spans(value, path)
    yield from sdk_spans(values, path)


def _logs(file: SourceFile, values: list[Any]) -> Iterator[Recording]:
    events = [event for value in values for event in otlp_logs(value)]
    if events:
        made = Recording(os.path.basename(file.path), file.path, "events of Claude Code")
        read_events(events, made)
        yield made


def _others(file: SourceFile, values: list[Any]) -> Iterator[Recording]:
    for kind, is_own, read in FORMATS:
        if any(is_own(value) for value in values[:1000]):
            made = Recording(os.path.basename(file.path), file.path, kind)
            read(values, made)
            yield made
            return


def _suspects(file: SourceFile) -> bool:
    return _claims(file)


def _claims(file: SourceFile) -> bool:
    head = file.text[:HEAD]
    if head.lstrip()[:1] not in ("{", "[", "/"):
        return False
    if _SPANS.search(head) or _LOGS.search(head) or (_ACTION.search(head) and _ACTOR.search(head)):
        return True
    return file.plain_path.endswith(LINES) and bool(_CALL.search(head.lstrip().partition("\n")[0]))


RUNS = Importer(
    "runs",
    "recordings of work: spans of agents (OTLP JSON), CloudTrail, audit logs of Kubernetes and GitHub, a call a line",
    _suspects,
    _claims,
    translate,
    (
        "what a tool does that only a recording names, and what it acts on",
        "what anybody may do and never did, beyond the tools that spans say an agent could choose from",
        "work that nobody recorded, or that was done before or after",
        "whether a piece of work did what it was for, unless the recording says that it failed",
    ),
    joins=True,
)
