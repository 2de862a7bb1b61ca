"""What exists only inside the runs of some tasks: a conversation, a prompt. Sessions with several tasks are told apart
by what their runs hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from simkit.model import Model, Task
from simkit.policies import Session, Sessions
from simkit.techniques.lineage import Reached

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Contexts:
    """The resources of kind `context` in one world (`all`), and what runs hold of them.

    `held` are those in the runs of a session. A session whose tasks hold different ones is told apart: `runs` names
    the parts, each as a session of its own that only words can reach, and `whole` the session that a part is of.
    """

    all: frozenset[str] = NOTHING
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    runs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: Mapping[str, str] = field(default_factory=dict)

    def absent(self, resource: str, session: str) -> bool:
        """True if `resource` is a context that the runs of `session` do not hold."""
        return resource in self.all and resource not in self.held.get(session, NOTHING)

    def of(self, model: Model, task: Task) -> frozenset[str]:
        """The contexts that the runs of `task` hold."""
        return _held(model, self.all, task)

    def of_task(self, model: Model, session: str, task: Task) -> str:
        """The part of `session` in which `task` runs."""
        if session not in self.runs:
            return session
        return next(part for part in self.runs[session] if self.held[part] == _held(model, self.all, task))


def told_apart(sessions: Sessions, found: dict[str, Reached]) -> Contexts:
    """The contexts of `sessions`; adds the parts of those that are told apart to `found`."""
    model = sessions.model
    contexts = frozenset(name for name, resource in model.resources.items() if resource.kind == "context")
    if not contexts:
        return Contexts()
    held: dict[str, frozenset[str]] = {}
    runs: dict[str, tuple[str, ...]] = {}
    whole: dict[str, str] = {}
    for name in dict.fromkeys(name for names in sessions.by_identity.values() for name in names):
        session = sessions.sessions[name]
        groups: dict[frozenset[str], list[str]] = {}
        for task in session.tasks:
            groups.setdefault(_held(model, contexts, model.tasks[task]), []).append(task)
        if len(groups) < 2:
            held[name] = next(iter(groups), NOTHING)
            continue
        parts = {_named(session, which): (which, tuple(tasks)) for which, tasks in groups.items()}
        found[name] = replace(found[name], session=replace(session, tasks=tuple(groups.get(NOTHING, ()))))
        for part, (which, tasks) in parts.items():
            held[part] = which
            if part != name:
                whole[part] = name
                found[part] = replace(found[name], session=replace(session, name=part, tasks=tasks))
        runs[name] = tuple(sorted(parts))
    return Contexts(contexts, held, runs, whole)


def _named(session: Session, held: frozenset[str]) -> str:
    return f"{session.name} for {' and '.join(sorted(held))}" if held else session.name


def _held(model: Model, contexts: frozenset[str], task: Task) -> frozenset[str]:
    """The contexts that `task` names: in what it reads, or in what it needs."""
    named = [*task.reads]
    for need in task.needs:
        named += need.targets or model.operation(need.operation).targets
    within = (child for name in named if name in model.resources for child in model.within(name))
    return contexts.intersection(within)
