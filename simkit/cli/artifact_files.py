"""`simkit narrow --as KIND`: what is recommended as a patch of the files that people apply."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simkit.cli.group import DOES_NOT_HOLD, FINE
from simkit.cli.output import Output, as_json, check_out
from simkit.cli.terminal import Terminal
from simkit.errors import InputError, nearest

if TYPE_CHECKING:
    from simkit.artifacts import Artifact, ArtifactKind
    from simkit.narrowing import Narrowing, Plan
    from simkit.scenario import Scenario


def artifact_kind(name: str) -> ArtifactKind:
    """The kind called `name`. Raises InputError."""
    from simkit.artifacts import ARTIFACTS

    if name not in ARTIFACTS:
        raise InputError(f"no kind of artifact is called {name!r}: {nearest(name, ARTIFACTS)}")
    return ARTIFACTS[name]


def check_place(out: str) -> None:
    """Raises InputError, before any work, where neither a patch nor files can be written to `out`."""
    if not _is_folder(out):
        check_out(out)


def as_it_was(scenario: Scenario, against: str | None, baseline: str | None) -> Scenario | None:
    """`scenario` as it was at a git revision, or as a baseline stores it; None where neither is asked for.

    Raises InputError and QuestionError.
    """
    from simkit.checks import load_baseline
    from simkit.checks.before import old_scenario
    from simkit.checks.revision import at_revision

    if baseline is not None:
        return old_scenario(load_baseline(baseline).run(baseline, scenario.file), baseline)
    if against is None:
        return None
    with at_revision(against, [scenario.file]) as revision:
        before = revision.before(scenario.file)
    if before is None:
        raise InputError(f"{scenario.file} was not there at {against}: all of it is new")
    return before.scenario


def taken_back(scenario: Scenario, before: Scenario, offers: Sequence[Narrowing], asked: Mapping[str, Any]) -> Plan:
    """The plan of taking back all that is new since `before` and that the work of then does not need."""
    from simkit.artifacts import taking_back, with_work_of
    from simkit.narrowing import plan_of_all

    earlier = with_work_of(scenario, before)
    return plan_of_all(earlier, list(taking_back(offers, earlier, before)), **asked)


def write_artifact(
    terminal: Terminal, plan: Plan, artifact: Artifact, before: Scenario | None, said: tuple[str | None, str]
) -> int:
    """Write the patch (or JSON), or the files into a folder; say what comes of it. The exit code is the result."""
    from simkit.artifacts import told

    format_, out = said
    for line in told(artifact) if not artifact.diff or format_ == "json" or _is_folder(out) else ():
        terminal.note(line)
    fulfilled = _verdict(terminal, plan, artifact, before)
    _write(terminal, plan, artifact, format_, out)
    return FINE if plan.possible and artifact.is_whole and fulfilled else DOES_NOT_HOLD


def _write(terminal: Terminal, plan: Plan, artifact: Artifact, format_: str | None, out: str) -> None:
    from simkit.artifacts import patch_text

    if format_ == "json":
        content = {"result": artifact.to_dict(), "plan": plan.to_dict()}
        Output(terminal, "narrow", "json", out).text(as_json("narrow", content))
    elif _is_folder(out):
        _write_files(terminal, artifact, out)
    elif artifact.diff or out != "-":
        Output(terminal, "narrow", "text", out).text(patch_text(artifact))


MOST_LEFT = 5
"""So many rights that are still wider than before are named."""


def _verdict(terminal: Terminal, plan: Plan, artifact: Artifact, before: Scenario | None) -> bool:
    """Say what is left when the files are imported again; True if that is what was promised."""
    from simkit.artifacts import effect, wider

    if before is not None:
        return _nothing_left(terminal, list(wider(before, artifact.applied)))
    terminal.note(f"note: {plan.summary}")
    if not artifact.diff:
        return not plan.narrowings
    after = effect(artifact, plan.question)
    kept = plan.after.in_worst_case or not after.in_worst_case
    mean = f"{after.spread(plan.before.mean)} before, {after.spread(after.mean)} after"
    end = "" if kept else ", and the worst case reaches what it should not"
    terminal.note(f"note: applied and imported again: {plan.question.harm}, mean: {mean}{end}")
    return kept


def _nothing_left(terminal: Terminal, left: Sequence[str]) -> bool:
    more = f", and {len(left) - MOST_LEFT:,} more" if len(left) > MOST_LEFT else ""
    none = "nobody may do more than before, by entitlements and roles; `simkit check` compares all else"
    told = f"still new: {', '.join(left[:MOST_LEFT])}{more}" if left else none
    terminal.note(f"note: applied and imported again: {told}")
    return not left


def _is_folder(out: str) -> bool:
    return out != "-" and (os.path.isdir(out) or out.endswith(("/", os.sep)))


def _write_files(terminal: Terminal, artifact: Artifact, folder: str) -> None:
    """The files as they are to be, in the folders below `folder` that they have here."""
    from simkit.files import write

    for name, (_, text) in artifact.files.items():
        shown = os.path.relpath(name)
        place = os.path.join(folder, os.path.basename(name) if shown.startswith(os.pardir) else shown)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        write(place, text)
        terminal.note(f"written: {place}")
