"""What nobody needs: the unneeded grants of `over_privilege`, as edits of the roles and identities that give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simkit.entitlements import Grant
from simkit.model import Model
from simkit.narrowing.edits.removals import DropEntitlements, DropRole
from simkit.privilege import OverPrivilege, Window
from simkit.table import duration
from simkit.techniques.givers import Givers


@dataclass(frozen=True, slots=True)
class Unneeded:
    """An edit that takes away only what no declared task needs and no observed run used.

    `windows` is what was observed of each identity that loses something (see `simkit.privilege.Window`).
    """

    narrowing: DropEntitlements | DropRole
    windows: Mapping[str, Window]

    @property
    def is_free(self) -> bool:
        """True if each identity that loses something has a declared task, or all that it did in a time is known: of
        others nobody knows what they need."""
        return all(window.says for window in self.windows.values())

    @property
    def evidence(self) -> str:
        """What says that nobody needs it, in a few words: that of the identity of which least is known."""
        if not self.windows:
            return "nobody has it"
        silent = [name for name, window in self.windows.items() if not window.says]
        if silent:
            return f"no task declared for {silent[0]}" + (f" and {len(silent) - 1} more" if len(silent) > 1 else "")
        least = min(self.windows.values(), key=lambda window: (window.confidence == "enough", window.runs))
        if least.summed:
            return f"unused in {duration(least.summed)}, {least.confidence}"
        if not least.runs:
            return "declared tasks, no runs"
        return f"{least.runs} runs, {least.confidence}"


def unneeded(model: Model, privilege: OverPrivilege, givers: Givers) -> Iterator[Unneeded]:
    """For each holder all the grants that nobody who has it needs, and each role of which one identity needs nothing
    though another needs some of it."""
    spare = _spare(privilege)
    for holder, grants in givers.gives.items():
        identities = holder.identities(model)
        left = tuple(grant for grant in grants if all(grant in spare.get(name, ()) for name in identities))
        if left:
            yield Unneeded(DropEntitlements(holder, left), _windows(identities, privilege))
        if holder.kind == "role" and len(left) < len(grants) and not model.roles[holder.name].limits:
            for name in identities:
                if spare.get(name, frozenset()).issuperset(grants):
                    yield Unneeded(DropRole(name, holder.name), _windows((name,), privilege))


def _spare(privilege: OverPrivilege) -> dict[str, frozenset[Grant]]:
    """For each identity what it has and does not need, as far as is known."""
    found: dict[str, set[Grant]] = {}
    for use in privilege.grants:
        if use.unneeded:
            found.setdefault(use.identity, set()).add((use.operation, use.target))
    return {name: frozenset(grants) for name, grants in found.items()}


def _windows(identities: tuple[str, ...], privilege: OverPrivilege) -> dict[str, Window]:
    return {name: privilege.windows[name] for name in identities}
