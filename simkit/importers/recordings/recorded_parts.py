"""Recordings as parts of a scenario: identities, tools, tasks and observed runs, joined with what other files say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from simkit.distributions import DAY
from simkit.importers.draft import Draft
from simkit.importers.file_place import FilePlace
from simkit.importers.imported import CHANCE, FALLS, TIME
from simkit.importers.recordings.proposed_tasks import ProposedTask, proposed_tasks
from simkit.importers.recordings.recorded import EVERY, Recording, SeenCall
from simkit.importers.recordings.seen_runs import SeenRun, seen_runs
from simkit.importers.source_file import SourceFile
from simkit.model.tasks import RAN
from simkit.model.tools import IDENTITY_EFFECTS
from simkit.scenario.moments import moment_text
from simkit.scenario.units import duration_text

SUSCEPTIBILITY = 0.5
ASSUMED_EFFECT = "write"
RECORDED = " (recorded)"
"""Behind the name of a tool of another file, for operations of it that only the recording names."""


class RecordedParts:
    """Puts recordings into `draft`. What other importers made is named and never changed: nothing is widened."""

    def __init__(self, draft: Draft, files: Mapping[str, SourceFile]) -> None:
        self.draft = draft
        self.files = files
        self.path = ""
        self._offered: dict[str, dict[str, None]] = {}
        self._takers: dict[str, dict[str, None]] = {}
        self._full: dict[tuple[str, str], str] = {}
        self._lines: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._seen_in: dict[str, str] = {}
        self._roles: dict[str, list[str]] = {}
        for part in draft.beside.values():
            for name in part.sections.get("identities", {}):
                account, role, path = name.partition(":role/")
                if role:
                    self._roles.setdefault(f"{account}:role/{path.rpartition('/')[2]}", []).append(name)
        self._trusted = {(e["from"], e["to"]) for part in draft.beside.values() for e in part.done().trust}

    def put(self, found: Sequence[Recording]) -> None:
        """Put all of `found`."""
        runs: dict[str, list[SeenRun]] = {}
        for recording in found:
            self.path = recording.path
            self._people(recording)
            for call in recording.calls:
                full = self._operation(call.tool, call.operation, (call.mark, call.path), call.effect)
                self._targeted(call, full)
            for each in recording.offered:
                full = self._operation(each.tool, each.operation, (each.mark, each.path))
                self._offered.setdefault(each.actor, {})[full] = None
            for run in seen_runs(recording):
                runs.setdefault(run.actor, []).append(run)
            self._edges(recording)
            self._told(recording)
            for call in recording.calls:
                self.draft.count(call.path or recording.path)
        for file in self.files.values():
            self.draft.count(file.path, 0)
        self._somebody()
        self._work(runs)
        self._goals()

    # ---- who

    def identity(self, actor: str) -> str:
        """What the scenario calls `actor`: a role without its path is the one of that name, where there is but one."""
        if actor not in self._names:
            same = [] if self._beside("identities", actor) is not None else self._roles.get(actor, [])
            self._names[actor] = same[0] if len(same) == 1 else actor
        return self._names[actor]

    def _beside(self, section: str, name: str) -> Mapping[str, Any] | None:
        for part in self.draft.beside.values():
            found = part.sections.get(section, {}).get(name)
            if found is not None:
                return found
        return None

    def _people(self, recording: Recording) -> None:
        for actor, kind in recording.actors.items():
            name = self.identity(actor)
            self._seen_in.setdefault(name, recording.path)
            if self._beside("identities", name) is not None or self.draft.has("identities", name):
                continue
            place = self._place(*recording.marks.get(actor, ("", "")))
            said: dict[str, Any] = {"kind": kind if kind in ("agent", "workload", "human") else "service"}
            if kind == "agent":
                said["susceptibility"] = SUSCEPTIBILITY
                self.draft.assume("susceptibility", str(SUSCEPTIBILITY), FALLS, CHANCE)
            self.draft.put("identities", name, said, place)
            self.draft.put("entry_points", f"{name} is taken over", {"compromise": name}, place)

    def _somebody(self) -> None:
        """A scenario has an identity, also where a recording names none."""
        there = [part for part in (self.draft, *self.draft.beside.values()) if part.sections.get("identities")]
        if not there:
            self.draft.put("identities", "somebody", {"kind": "workload", "note": "no recording names who acts"})
            self.draft.put("entry_points", "somebody is taken over", {"compromise": "somebody"})

    def _edges(self, recording: Recording) -> None:
        """A trust edge for each way to hand work over, taken or not; a task delegates by those that were taken."""
        kind = "assume" if recording.kind == "CloudTrail" else "invoke"
        for giver, taker in {**recording.handed, **recording.may_hand}:
            source, target = self.identity(giver), self.identity(taker)
            if source != target and (giver, taker) in recording.handed:
                self._takers.setdefault(source, {})[target] = None
            if source != target and (source, target) not in self._trusted:
                self.draft.trusts(source, target, kind)

    # ---- what

    def _operation(self, tool: str, operation: str, at: tuple[str, str], effect: str = "") -> str:
        """The full name of the operation in the scenario; made where no other file has it. `effect` is empty where
        nobody says it, `at` a text that stands where it is named, and the file."""
        key = tool, operation
        if key not in self._full:
            theirs = self._beside("tools", tool)
            if theirs is not None and operation in theirs.get("operations", {}):
                self._full[key] = f"{tool}.{operation}"
            else:
                own = tool + RECORDED if theirs is not None else tool
                self._full[key] = self._own_operation(own, operation, at, effect)
        return self._full[key]

    def _own_operation(self, tool: str, operation: str, at: tuple[str, str], told: str) -> str:
        effect = told or ASSUMED_EFFECT
        said: dict[str, Any] = {"effect": effect}
        if effect in IDENTITY_EFFECTS:
            said = {"effect": "none"}
        if not told:
            behind = f"behind {tool}"
            self.draft.put("resources", behind, {}, self._place(*at))
            said["targets"] = [behind]
            self.draft.assume(
                f"what {tool} does", f"it writes what is {behind}", "a recording does not say what a tool does"
            )
        made = self.draft.put("tools", tool, {"operations": {}}, self._place(*at))
        made["operations"][operation] = said
        return f"{tool}.{operation}"

    def _targeted(self, call: SeenCall, full: str) -> None:
        """Make the target of a call of an operation of our own, and one of the targets of that."""
        tool, _, name = full.partition(".")
        own = self.draft.sections.get("tools", {}).get(tool)
        if not call.target or own is None or own["operations"][name]["effect"] == "none":
            return
        if self._beside("resources", call.target) is None:
            self.draft.put("resources", call.target, {}, self._place(call.mark, call.path))
        targets = own["operations"][name].setdefault("targets", [])
        if call.target not in targets:
            targets.append(call.target)

    def target(self, call: SeenCall) -> str:
        """The target of a call, where the scenario has it as one of the operation's."""
        tool, _, name = self._full[call.tool, call.operation].partition(".")
        own = self.draft.sections.get("tools", {}).get(tool)
        if own is not None:
            return call.target if call.target in own["operations"][name].get("targets", ()) else ""
        theirs = (self._beside("tools", tool) or {}).get("operations", {}).get(name, {})
        effect = theirs.get("effect", "none") if isinstance(theirs, dict) else "none"
        return (
            call.target if effect not in IDENTITY_EFFECTS and self._beside("resources", call.target) is not None else ""
        )

    # ---- work

    def _work(self, runs: Mapping[str, list[SeenRun]]) -> None:
        for actor, mine in runs.items():
            tasks = proposed_tasks(actor, mine) if actor else []
            of: dict[int, str] = {}
            for task in tasks:
                name = self._task(actor, task, list(self._takers.get(self.identity(actor), {})))
                of.update({id(run): name for run in task.runs})
            self._rights(actor, mine)
            for run in mine:
                self.draft.observed.append(self._observed(run, of.get(id(run), "")))
        for actor in (each for each in self._offered if each not in runs):  # asked, and nowhere seen at work
            self._rights(actor, ())

    def _task(self, actor: str, task: ProposedTask, takers: Sequence[str]) -> str:
        targets = task.targets
        needs: list[Any] = []
        for full in sorted(task.operations):
            call = next(call for run in task.runs for call in run.calls if call.full_name == full)
            name = self._full[call.tool, call.operation]
            known = [each for each in targets[full] if each and self.target(_on(call, each)) == each]
            needs.append({"operation": name, "targets": known} if known and len(known) == len(targets[full]) else name)
        said = {
            "identity": self.identity(actor),
            "needs": needs,
            "rate": f"{max(0.001, round(task.rate * DAY, 3)):g}/d" if task.rate * DAY < 1e6 else f"{task.rate:.6f}/s",
            "duration": duration_text(max(1.0, float(round(task.duration)))),
            "note": f"proposed: seen in {len(task.runs):,} run{'s' if len(task.runs) != 1 else ''}",
        }
        if takers:
            said["delegates_to"] = list(takers)
        name = f"{task.name} (seen)" if self._beside("tasks", task.name) is not None else task.name
        self.draft.put("tasks", name, said)
        self.draft.assume(
            "the rates of tasks",
            "as often as they were seen, over a day at least",
            "the recording is what there is",
            TIME,
        )
        return name

    def _rights(self, actor: str, runs: Iterable[SeenRun]) -> None:
        """Who is in no other file may do what it did, or could choose; what others describe may do what these say."""
        name = self.identity(actor)
        own = self.draft.sections.get("identities", {}).get(name)
        used: dict[str, dict[str, None]] = {}
        for call in (call for run in runs for call in run.calls if call.outcome in RAN):
            used.setdefault(self._full[call.tool, call.operation], {})[self.target(call)] = None
        offered = self._offered.get(actor, {})
        if not actor or not (used or offered):
            return
        if own is None:
            self._not_granted(name, used)
            return
        given: list[dict[str, Any]] = []
        for full in sorted({*used, *offered}):
            targets = used.get(full, {}) if full not in offered else {}
            some = "" not in targets and bool(targets)
            given.append({"operation": full, "targets": sorted(targets)} if some else {"operation": full})
        own["entitlements"] = given
        self.draft.assume(
            "what identities may do that only a recording names",
            "what they did, and what they could choose, where it says that",
            "a recording shows uses, not rights",
        )

    def _not_granted(self, name: str, used: Iterable[str]) -> None:
        """Tell what an identity did that its own file does not give it: it is not widened."""
        globs = list(self._given(name))
        for full in used:
            if not any(fnmatchcase(full, glob) for glob in globs):
                self.draft.leave(
                    FilePlace(self.path),
                    f"{full} by {name}",
                    "what describes it gives it no such right: nothing is widened",
                )

    def _given(self, name: str) -> Iterator[str]:
        said = self._beside("identities", name) or {}
        roles = [self._beside("roles", role) or {} for role in said.get("roles", ()) if isinstance(role, str)]
        for holder in (said, *roles):
            for each in holder.get("entitlements", ()):
                yield each["operation"] if isinstance(each, dict) else each

    def _observed(self, run: SeenRun, task: str) -> dict[str, Any]:
        said: dict[str, Any] = {"task": task} if task else {}
        if run.actor and not task:
            said["identity"] = self.identity(run.actor)
        if run.thread:
            said["thread"] = run.thread
        said["source"] = run.source
        blind = self._shown(run.blind)
        if blind:
            said["blind_to"] = blind
        said["calls"] = [self._called(call) for call in run.calls]
        return said

    def _called(self, call: SeenCall) -> Any:
        full = self._full[call.tool, call.operation]
        said: dict[str, Any] = {}
        target = self.target(call) if call.target else ""
        if target:
            said["target"] = target
        if call.time is not None:
            said["time"] = moment_text(call.time)
        if call.outcome != "done":
            said["outcome"] = call.outcome
        return {"operation": full, **said} if said else full

    def _shown(self, globs: Sequence[str]) -> list[str]:
        """Those of `globs` that match an operation, each text once."""
        return [glob for glob in globs if glob == EVERY or any(fnmatchcase(full, glob) for full in self._all())]

    def _all(self) -> list[str]:
        if not self._lines:
            parts = (self.draft, *self.draft.beside.values())
            for part in parts:
                for tool, said in part.sections.get("tools", {}).items():
                    self._lines.update({f"{tool}.{name}": "" for name in said.get("operations", {})})
        return list(self._lines)

    # ---- the rest

    def _told(self, recording: Recording) -> None:
        for what, why in recording.untold.items():
            self.draft.leave(FilePlace(recording.path), what, f"cannot be known: {why}")
        if any(not call.actor for call in recording.calls):
            count = sum(not call.actor for call in recording.calls)
            self.draft.leave(
                FilePlace(recording.path), f"who made {count:,} calls", "it is not named: nobody is widened"
            )

    def _goals(self) -> None:
        for name in list(self.draft.sections.get("resources", {})):
            if name.startswith("behind "):
                self.draft.put("goals", f"what is {name} changed", {"lost": [f"{name}: integrity"]})

    def _place(self, mark: str, path: str) -> FilePlace:
        """Where `mark` stands in the file at hand; the whole file where it does not."""
        path = path or self.path
        file = self.files.get(path)
        at = file.text.find(mark) if file is not None and mark else -1
        if file is None or at < 0:
            return FilePlace(path)
        line = file.text.count("\n", 0, at) + 1
        return FilePlace(path, line, at - file.text.rfind("\n", 0, at))


def _on(call: SeenCall, target: str) -> SeenCall:
    """`call`, on another target."""
    return SeenCall(call.actor, call.tool, call.operation, call.thread, call.outcome, target=target, effect=call.effect)
