"""Checks of where code comes from, and what it finds where it runs."""

from __future__ import annotations

from collections.abc import Iterator

from simkit.linter.check import Slip
from simkit.linter.inspected import Inspected
from simkit.model import Model

MINDED = ("agent", "model")
"""The kinds of identities whose shell a stranger's words may use."""


def shell_without_files(inspected: Inspected) -> Iterator[Slip]:
    """An agent, or who has a general-purpose tool for it, that may execute in its own runtime, where no file lies."""
    model, effects = inspected.model, inspected.effects
    for name, identity in model.identities.items() if "execute" in effects.values() else ():
        if model.files_in_runtime(name):
            continue
        shells = sorted(
            operation
            for operation, target in inspected.cut.entitled[name]
            if effects[operation] == "execute"
            and target in ("", name)
            and (identity.kind in MINDED or model.tools[operation.split(".")[0]].general_purpose)
        )
        if shells:
            says = (
                f"{name} may run code in its own runtime ({shells[0]}), and no file lies there: name under "
                f"`runtime_holds` the resources that code reads there, whatever the tools of {name} may read"
            )
            yield Slip(("identities", name), says)


def closed_runtime_with_a_way_out(inspected: Inspected) -> Iterator[Slip]:
    """A runtime without a network whose identity can itself say something to outsiders, by a tool."""
    model = inspected.model
    for name, identity in model.identities.items():
        if identity.egress == "none":
            told = sorted(grant for grant in inspected.cut.entitled[name] if _tells_outsiders(model, *grant))
            if told:
                says = (
                    f"code in the runtime of {name} has no network, and {name} may {told[0][0]}, which outsiders read: "
                    f"all that the code has leaves by that; take it away, or say in a comment that this is known"
                )
                yield Slip(("identities", name, "egress"), says)


def _tells_outsiders(model: Model, operation: str, target: str) -> bool:
    effect = model.operation(operation).effect
    if effect not in ("send", "write"):
        return False
    return any(model.resources[part].is_sink for part in model.within(target)) if target else effect == "send"


def code_of_idle_identity(inspected: Inspected) -> Iterator[Slip]:
    """Code that an identity without a task runs."""
    for name, resource in inspected.model.resources.items():
        for index, identity in enumerate(resource.run_by):
            if identity not in inspected.tasks:
                says = (
                    f"{identity} runs what is in {name} once a day, because it declares no task: declare its work "
                    f"under `tasks`, with its rate"
                )
                yield Slip(("resources", name, "run_by", index), says)


def repository_that_nobody_runs(inspected: Inspected) -> Iterator[Slip]:
    """Repositories that somebody may write, while nothing at all says how code comes to run."""
    model, effects = inspected.model, inspected.effects
    if "execute" in effects.values():
        return
    written = {
        name
        for operation, target in inspected.grants
        if effects[operation] == "write" and target in model.resources
        for name in model.within(target)
    }
    run = {part for name, each in model.resources.items() if each.run_by for part in model.within(name)}
    silent = [name for name in model.resources if name in written - run and model.resources[name].kind == "repository"]
    if silent:
        says = (
            f"somebody may write {silent[0]}, and nothing says who runs what is in it: say `run_by`, or in a comment "
            f"that nobody does"
        )
        yield Slip(("resources", silent[0]), says)
