"""The evidence table, and how it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from simkit.ablation import Sampled, ladder, sampled
from simkit.ablation.samples import responding
from simkit.blast_radius import Provenance
from simkit.controls.asked import ASKED, MACHINES_LEFT_OUT, Asked
from simkit.controls.assessments import ASSESSORS
from simkit.controls.posture import Assessment, Posture
from simkit.errors import QuestionError, nearest
from simkit.fate import checked_seed
from simkit.measures import harm_of
from simkit.policies import GrantPolicy
from simkit.privilege import over_privilege
from simkit.scenario import Scenario, checked_scenario, chosen_entries
from simkit.simulation import checked_trials
from simkit.standards.frameworks import CONTROL_LISTS
from simkit.table import Table

RELEVANT = "Relevant to, no more: a measurement bears on a control, it does not show that the control is met."


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One control and what was measured of it in this scenario."""

    asked: Asked
    measured: Assessment

    def to_dict(self) -> dict[str, object]:
        """The row as plain data."""
        reference = self.asked.reference
        return {
            "framework": reference.list,
            "version": reference.version,
            "control": reference.id,
            "title": reference.title,
            "asks": self.asked.asks,
            "carrier": self.asked.carrier if self.asked.measure else None,
            "evidence": self.measured.found,
            "measured": self.measured.text,
            "numbers": dict(self.measured.numbers),
        }


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a scenario's measurements are relevant to in the pinned frameworks, and which controls have none."""

    rows: tuple[EvidenceRow, ...]
    provenance: Provenance

    def __repr__(self) -> str:
        found, of = len(self.found()), len(self.rows)
        return f"Evidence({found} of {of} controls have some; {self.provenance.scenario}, {self.provenance.policy})"

    def __getitem__(self, control: str) -> EvidenceRow:
        rows = {row.asked.id: row for row in self.rows}
        if control not in rows:
            raise QuestionError(f"no control is called {control!r}: {nearest(control, rows)}")
        return rows[control]

    def found(self) -> list[EvidenceRow]:
        """The controls that something was measured of."""
        return [row for row in self.rows if row.measured.found]

    def missing(self) -> list[EvidenceRow]:
        """The controls without evidence."""
        return [row for row in self.rows if not row.measured.found]

    @property
    def summary(self) -> str:
        """The result in a few sentences."""
        frameworks = {row.asked.list for row in self.rows}
        lists = "1 framework" if len(frameworks) == 1 else f"{len(frameworks)} frameworks"
        text = f"{len(self.found())} of {len(self.rows)} controls in {lists} have evidence from "
        text += (
            f"{self.provenance.scenario} under {self.provenance.policy}, {len(self.missing())} have none. {RELEVANT}"
        )
        return f"{text} NIST SP 800-63-4 {MACHINES_LEFT_OUT}" if "NIST SP 800-63" in frameworks else text

    def table(self) -> Table:
        """The controls that something was measured of."""
        rows = [(*_named(row), row.asked.asks, row.asked.carrier, row.measured.text) for row in self.found()]
        columns = ("framework", "version", "control", "asks to", "carried out here by", "measured")
        title = f"{self.provenance.scenario}: what was measured of each control"
        return Table(columns, rows, title=title, note=self._note())

    def _note(self) -> str:
        shown = self.provenance
        text = (
            f"{RELEVANT} {shown.trials:,} trials, seed {shown.seed}; 95 % intervals, differences paired; each dial is "
        )
        return f"{text}turned alone from {shown.policy}; means over {shown.entry_point}."

    def missing_table(self) -> Table:
        """The controls without evidence, and why."""
        rows = [(_list(row), _named(row)[2], row.asked.asks, row.measured.text) for row in self.missing()]
        return Table(("framework", "control", "asks to", "why"), rows, title="controls without evidence")

    def framework_table(self, name: str) -> Table:
        """The controls of one framework that something was measured of. Raises QuestionError."""
        of_it = [row for row in self.rows if row.asked.list == name]
        if not of_it:
            raise QuestionError(f"no framework is called {name!r}: {nearest(name, {r.asked.list for r in self.rows})}")
        rows = [
            (_named(row)[2], row.asked.asks, row.asked.carrier, row.measured.text)
            for row in of_it
            if row.measured.found
        ]
        return Table(("control", "asks to", "carried out here by", "measured"), rows, title=_list(of_it[0]))

    def tables(self) -> list[Table]:
        """A table for each framework that something was measured of, then the controls without evidence."""
        found = [self.framework_table(name) for name in dict.fromkeys(row.asked.list for row in self.found())]
        found[-1:] = [replace(table, note=self._note()) for table in found[-1:]]
        return [table for table in (*found, self.missing_table()) if table.rows]

    def to_dict(self) -> dict[str, object]:
        """The result as plain data."""
        return {
            "provenance": self.provenance.to_dict(),
            "claim": RELEVANT,
            "controls": [row.to_dict() for row in self.rows],
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _list(row: EvidenceRow) -> str:
    """The framework with its version, such as `NIST CSF 2.0`."""
    return f"{row.asked.reference.list} {row.asked.reference.version}"


def _named(row: EvidenceRow) -> tuple[str, str, str]:
    reference = row.asked.reference
    return reference.list, reference.version, f"{reference.id} {reference.title}"


def evidence(
    scenario: Scenario,
    policy: str | GrantPolicy | None = None,
    *,
    entry_points: str | Iterable[str] | None = None,
    frameworks: str | Iterable[str] | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> Evidence:
    """What was measured of each control under `policy` (None: the one in force), every dial turned alone from there.

    Replays `entry_points` (one, several, or None for all), each as likely as the next. `frameworks` (None: all) are
    names in `simkit.standards.frameworks.CONTROL_LISTS`, or one of them. Raises QuestionError for an unknown entry
    point or framework, bad trials or seed; PolicyError for an unknown policy.
    """
    asked = _asked(frameworks)
    count, word = checked_trials(trials), checked_seed(seed)
    chosen = checked_scenario(scenario).grant_policy(policy)
    entries = list(chosen_entries(scenario, entry_points))

    def complete() -> Sampled:
        world = responding(scenario, completeness=1.0)
        workers = (threads, None)
        return sampled(world, chosen, entries, trials=count, seed=word, workers=workers, only_loss=True)

    posture = Posture(
        scenario=scenario,
        ladder=ladder(scenario, chosen, entries, trials=count, seed=word, threads=threads),
        complete=complete(),
        privilege=over_privilege(scenario, chosen),
        name=harm_of(scenario.model).words,
    )
    found = {name: ASSESSORS[name](posture) for name in {entry.measure for entry in asked} - {""}}
    rows = tuple(EvidenceRow(entry, found.get(entry.measure) or Assessment.nothing(entry.carrier)) for entry in asked)
    return Evidence(rows, _provenance(scenario, chosen, entries, word, count))


def _asked(frameworks: str | Iterable[str] | None) -> list[Asked]:
    given = [frameworks] if isinstance(frameworks, str) else frameworks
    wanted = list(CONTROL_LISTS if given is None else given)
    if not wanted:
        raise QuestionError("no framework is given: name one, or none for all of them")
    for name in wanted:
        if name not in CONTROL_LISTS:
            raise QuestionError(f"no framework is called {name!r}: {nearest(name, CONTROL_LISTS)}")
    return [entry for entry in ASKED if entry.list in wanted]


def _provenance(scenario: Scenario, policy: GrantPolicy, entries: list[str], seed: int, trials: int) -> Provenance:
    from simkit import __version__

    shown = entries[0] if len(entries) == 1 else f"{len(entries)} entry points"
    return Provenance(scenario.name, scenario.digest, policy.name, shown, seed, trials, "replay", __version__)
