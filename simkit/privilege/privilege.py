"""Granted, needed and used, grant by grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simkit.blast_radius import Interval, Provenance
from simkit.model import STATE_CHANGING
from simkit.privilege.window import RARE, Window, most_likely_missed
from simkit.table import Table, duration, format_number, percent


@dataclass(frozen=True, slots=True)
class GrantUse:
    """One grant of an identity: which tasks need it, and how many observed runs used it.

    Of the `runs` that were observed of the identity `perhaps` may have used it too, and `blind` would not show it.
    """

    identity: str
    operation: str
    target: str
    writes: bool
    needed: tuple[str, ...]
    used: int
    perhaps: int = 0
    blind: int = 0
    runs: int = 0
    summed: bool = False
    """True if the runs sum up all that was done in a time: then no run can have been missed."""

    @property
    def bound(self) -> float:
        """The upper 95 % bound of the share of runs that use what none was seen to use: those that would not show it
        count as if they had."""
        shown = self.runs - self.blind
        if self.summed and not self.blind:
            return 0.0
        return (self.blind + shown * most_likely_missed(shown)) / self.runs if self.runs else 1.0

    @property
    def unknowable(self) -> bool:
        """True if no task needs it, no run was seen to use it, and the recordings cannot know: some run may have used
        it, or more of them than are rare would not show it."""
        unseen = self.perhaps > 0 or self.blind > RARE * self.runs
        return not self.needed and not self.used and unseen

    @property
    def unneeded(self) -> bool:
        """True if no declared task needs it and no observed run used it, as far as the recordings can know."""
        return not self.needed and not self.used and not self.unknowable

    def __str__(self) -> str:
        return f"{self.operation} on {self.target}" if self.target else self.operation

    def to_dict(self) -> dict[str, object]:
        """The grant as plain data."""
        return {
            "identity": self.identity,
            "operation": self.operation,
            "target": self.target,
            "writes": self.writes,
            "needed_by": list(self.needed),
            "used": self.used,
            "unneeded": self.unneeded,
            "cannot_know": self.unknowable,
        }


@dataclass(frozen=True, slots=True)
class Beyond:
    """An operation that good runs called although the declared needs of their task lack it."""

    operation: str
    effect: str
    runs: int
    share: Interval

    @property
    def writes(self) -> bool:
        """True if the operation changes something."""
        return self.effect in STATE_CHANGING


@dataclass(frozen=True, eq=False)
class OverPrivilege:
    """Granted, needed and used, grant by grant (an operation on a target); `windows` is the evidence by identity.

    `sizes` says for each identity what its sessions hold under the policy, and what the tasks in them need: the mean
    over its tasks of (grants held, grants needed, writes held, writes needed). A call whose target is not known counts
    for every target of its operation.
    """

    grants: tuple[GrantUse, ...]
    windows: Mapping[str, Window]
    sizes: Mapping[str, tuple[float, float, float, float]]
    beyond: tuple[Beyond, ...]
    window: Window
    provenance: Provenance

    def __repr__(self) -> str:
        shown = (
            f"{len(self.unneeded())} of {len(self.known())} grants unneeded, {len(self.removable())} on enough evidence"
        )
        return f"OverPrivilege({shown}; {self.window.runs} runs, {self.provenance.scenario})"

    def known(self) -> list[GrantUse]:
        """The grants of which something says whether they are needed: those of identities with a declared task."""
        return [grant for grant in self.grants if self._is_known(grant)]

    def unneeded(self, identity: str = "", *, writes: bool | None = None) -> list[GrantUse]:
        """The grants (of `identity`, if named) that no declared task needs and no observed run used.

        Those of identities without a declared task are left out: what they need is not known.
        """
        return [
            grant
            for grant in self.known()
            if grant.unneeded and identity in ("", grant.identity) and writes in (None, grant.writes)
        ]

    def removable(self) -> list[GrantUse]:
        """The unneeded grants whose evidence is enough: they can go at no cost to what was declared or seen."""
        enough = {name for name, window in self.windows.items() if window.confidence == "enough"}
        return [grant for grant in self.unneeded() if grant.identity in enough and grant.bound <= RARE]

    def unknowable(self) -> list[GrantUse]:
        """The grants of which the recordings cannot know whether they were used: nobody should call them unneeded."""
        return [grant for grant in self.grants if grant.unknowable]

    @property
    def share(self) -> float:
        """The share of the grants of identities with declared tasks that is unneeded."""
        known = self.known()
        return len(self.unneeded()) / len(known) if known else 0.0

    @property
    def summary(self) -> str:
        """The result in a few sentences."""
        known = self.known()
        text = self._counted(len(known)) if known else "No identity that has grants has a declared task."
        text += f" {self._untold()}{self._undeclared()}Evidence: {self._evidence()}. {self._task_sizes()}"
        return f"{text} {self._too_narrow()}".strip()

    def _counted(self, known: int) -> str:
        unneeded, writes = self.unneeded(), self.unneeded(writes=True)
        text = f"{len(unneeded):,} of {known:,} grants ({len(writes):,} of them writes) are needed by no declared task "
        text += "and used by no observed run"
        if not self.window.runs:
            return f"{text}."
        enough = self.removable()
        return f"{text}; {len(enough):,} of them can go on enough evidence ({sum(g.writes for g in enough):,} writes)."

    def _is_known(self, grant: GrantUse) -> bool:
        """True if something says what its identity needs: a declared task, or all that it did in a time."""
        return self.windows[grant.identity].says

    def _untold(self) -> str:
        left = self.unknowable()
        if not left:
            return ""
        are = "is 1 grant" if len(left) == 1 else f"are {len(left):,} grants"
        return f"There {are} of which the recordings cannot know whether they were used. "

    def _undeclared(self) -> str:
        silent = [name for name, window in self.windows.items() if not window.says]
        if not silent:
            return ""
        named = ", ".join(silent[:5]) + (", ..." if len(silent) > 5 else "")
        have = "1 identity has" if len(silent) == 1 else f"{len(silent)} identities have"
        return f"{have} grants but no declared task ({named}): what of them is needed is not known. "

    def _evidence(self) -> str:
        if not self.window.runs:
            return self.window.why
        if self.window.recorded is not None:
            return f"{self.window.why}, recorded over {duration(self.window.recorded)}"
        return f"{self.window.why}, as many as the declared rates make in {duration(self.window.lasting)}"

    def _task_sizes(self) -> str:
        if not self.sizes:
            return ""
        name, (held, needed, writes, needed_writes) = max(self.sizes.items(), key=lambda item: item[1][0] - item[1][1])
        text = f"Under {self.provenance.policy} a task of {name} runs with {format_number(held)} grants "
        text += f"({format_number(writes)} writes) on average and needs {format_number(needed)} "
        return f"{text}({format_number(needed_writes)})."

    def _too_narrow(self) -> str:
        if not self.beyond:
            return ""
        reads = sum(not use.writes for use in self.beyond)
        first = self.beyond[0]
        text = f"Good runs called {len(self.beyond)} operations that the declared needs of their task lack, {reads} of "
        text += f"which change nothing (the most often {first.operation}, in {percent(first.share.estimate)} of good "
        return f"{text}runs): exact task scopes would stop them, a task's writes plus all reads would stop fewer."

    def table(self) -> Table:
        """A row for each identity, writes apart."""
        mine: dict[str, list[GrantUse]] = {name: [] for name in self.windows}
        for grant in self.grants:
            mine[grant.identity].append(grant)
        rows = [self._row(name, grants) for name, grants in mine.items()]
        note = "Grants (operation on target): needed by a declared task, used by an observed run, and neither. "
        note += (
            f"Enough evidence: the 95 % bound is at most {percent(RARE)} and every declared task was seen; none: no "
        )
        note += "run was observed, or no task is declared (then what is unneeded is not known: -)."
        columns = ("identity", *COLUMNS, "runs", "95 % bound", "evidence")
        return Table(columns, rows, title=f"{self.provenance.scenario}: over-privilege by identity", note=note)

    def _row(self, name: str, grants: list[GrantUse]) -> tuple[str | int | None, ...]:
        window = self.windows[name]
        bound = percent(window.bound) if window.runs else None
        return (
            name,
            *_counts(grants, known=window.says, seen=bool(window.runs)),
            window.runs,
            bound,
            window.confidence,
        )

    def tools_table(self) -> Table:
        """A row for each tool, writes apart, over all identities."""
        tools: dict[str, list[GrantUse]] = {}
        for grant in self.grants:
            tools.setdefault(grant.operation.partition(".")[0], []).append(grant)
        silent = len(self.grants) - len(self.known())
        note = f"{silent:,} grants of identities without a declared task are not counted." if silent else ""
        for name, grants in tools.items():
            tools[name] = [grant for grant in grants if self._is_known(grant)]
        rows = [
            (tool, *_counts(grants, seen=bool(self.window.runs))) for tool, grants in sorted(tools.items()) if grants
        ]
        return Table(("tool", *COLUMNS), rows, title="over-privilege by tool", note=note)

    def unneeded_table(self, most: int | None = None) -> Table:
        """Every unneeded grant, writes first; the first `most` of them."""
        every = sorted(self.unneeded(), key=lambda grant: (not grant.writes, grant.identity, str(grant)))
        rows = [
            (grant.identity, str(grant), "write" if grant.writes else "read", self.windows[grant.identity].confidence)
            for grant in every[:most]
        ]
        cut = f"{len(rows):,} of {len(every):,}: `unneeded()` has all of them, and so has JSON."
        note = cut if len(rows) < len(every) else ""
        title = "what no declared task and no run needs"
        return Table(("identity", "grant", "kind", "evidence"), rows, title=title, note=note)

    def unknowable_table(self, most: int | None = None) -> Table:
        """The grants of which the recordings cannot know, writes first, and why; the first `most` of them."""
        every = sorted(self.unknowable(), key=lambda grant: (not grant.writes, grant.identity, str(grant)))
        rows = [
            (grant.identity, str(grant), "write" if grant.writes else "read", grant.perhaps, grant.blind, grant.runs)
            for grant in every[:most]
        ]
        note = "Do not call them unneeded: absence is no evidence in a recording that would not show a use."
        columns = ("identity", "grant", "kind", "perhaps used", "would not show it", "of runs")
        return Table(columns, rows, title="where the recordings cannot know", note=note)

    def sizes_table(self) -> Table:
        """What a task's session holds under the policy, against what the task needs."""
        rows: list[tuple[str | float | None, ...]] = [
            (name, *sizes, percent(sizes[1] / sizes[0]) if sizes[0] else None) for name, sizes in self.sizes.items()
        ]
        columns = ("identity", "grants held", "needed", "writes held", "writes needed", "share needed")
        title = f"an average task's session under {self.provenance.policy}"
        return Table(columns, rows, title=title)

    def beyond_table(self) -> Table:
        """What good runs called beyond the declared needs of their task."""
        rows = [
            (use.operation, use.effect, use.runs, f"{percent(use.share.low)} to {percent(use.share.high)}")
            for use in self.beyond
        ]
        note = "Of the runs that did their job; Wilson intervals. A run may call several."
        title = "called by good runs, though their task does not declare it"
        return Table(("operation", "effect", "good runs", "95 % interval"), rows, title=title, note=note)

    def tables(self) -> list[Table]:
        """All tables that hold something."""
        found = [self.table(), self.tools_table(), self.sizes_table()]
        found += [self.unneeded_table(SHOWN), self.unknowable_table(SHOWN), self.beyond_table()]
        return [table for table in found if table.rows]

    def to_dict(self) -> dict[str, object]:
        """The result as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "window": self.window.to_dict(),
            "identities": {name: window.to_dict() for name, window in self.windows.items()},
            "grants": [grant.to_dict() for grant in self.grants],
            "sessions": {name: dict(zip(SIZES, sizes, strict=True)) for name, sizes in self.sizes.items()},
            "beyond_needs": [
                {"operation": use.operation, "effect": use.effect, "runs": use.runs, "share": use.share.to_dict()}
                for use in self.beyond
            ],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


COLUMNS = ("grants", "needed", "used", "unneeded", "writes", "needed writes", "used writes", "unneeded writes")
SHOWN = 60
"""So many unneeded grants are listed among the tables."""
SIZES = ("held", "needed", "writes_held", "writes_needed")


def _counts(grants: list[GrantUse], *, known: bool = True, seen: bool) -> tuple[int | None, ...]:
    """What `COLUMNS` asks for; None for what is unneeded where that is not `known`, and for uses if no run was
    `seen`."""
    writes = [grant for grant in grants if grant.writes]
    return tuple(
        count
        for group in (grants, writes)
        for count in (
            len(group),
            sum(bool(grant.needed) for grant in group),
            sum(bool(grant.used) for grant in group) if seen else None,
            sum(grant.unneeded for grant in group) if known else None,
        )
    )
