"""The blast radii that one check asks for, each replayed once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simkit.blast_radius import BlastRadius
from simkit.checks.baseline import IN_FORCE, StoredFigures, StoredRun
from simkit.checks.elements import canonical, promised
from simkit.checks.figures import Figures
from simkit.checks.surface import Surface
from simkit.policies import named_policies
from simkit.scenario import Scenario, chosen_entry
from simkit.simulation import Attack, compile_attack, everything_lost, replayed


@dataclass(slots=True)
class Replays:
    """The blast radii of one scenario, as it is and as it was, each replayed once."""

    seed: int
    trials: int
    threads: int | None
    found: dict[tuple[int, str, str], BlastRadius] = field(default_factory=dict)
    kept: list[Scenario] = field(default_factory=list)
    surfaces: dict[tuple[int, str], Surface] = field(default_factory=dict)
    attacks: dict[tuple[int, str], Attack] = field(default_factory=dict)
    """Compiled once under each policy, for all entry points."""

    def of(self, scenario: Scenario, slot: str, entry: str) -> BlastRadius | None:
        """Through `entry` under the policy of `slot`; None where `scenario` lacks one of them."""
        known = slot == IN_FORCE or slot in named_policies(scenario.policies)
        return self.must(scenario, slot, entry) if known and entry in scenario.entry_points else None

    def must(self, scenario: Scenario, slot: str, entry: str) -> BlastRadius:
        """As `of`. Raises QuestionError and PolicyError for what the scenario lacks."""
        name = chosen_entry(scenario, entry)  # an unknown one is refused before anything is compiled
        attack = self._compiled(scenario, slot)
        key = (id(scenario), attack.policy.name, name)
        if key not in self.found:
            self.found[key] = replayed(attack, name, trials=self.trials, seed=self.seed, workers=(self.threads, None))
        return self.found[key]

    def _compiled(self, scenario: Scenario, slot: str) -> Attack:
        policy = scenario.grant_policy(None if slot == IN_FORCE else slot)
        key = (id(scenario), policy.name)
        if key not in self.attacks:
            self.kept.append(scenario)  # an id names one scenario only while it lives
            self.attacks[key] = compile_attack(scenario, policy, through=scenario.entry_points)
        return self.attacks[key]

    def surface(self, scenario: Scenario, slot: str) -> Surface | None:
        """What losing each credential and each identity reaches at worst under the policy of `slot`; None where
        `scenario` lacks it."""
        if slot != IN_FORCE and slot not in named_policies(scenario.policies):
            return None
        key = (id(scenario), slot)
        if key not in self.surfaces:
            self.kept.append(scenario)
            entries = everything_lost(scenario)
            attack = compile_attack(scenario, None if slot == IN_FORCE else slot, entries=entries)
            worst = attack.worst_cases(entries, threads=self.threads)
            kinds = {"leak": "credential", "compromise": "identity"}
            self.surfaces[key] = {(kinds[each.kind], each.target): worst[name] for name, each in entries.items()}
        return self.surfaces[key]

    def run(self, scenario: Scenario, policies: Iterable[str] | None, acknowledged: dict[str, str]) -> StoredRun:
        """What a baseline stores of `scenario`: under `policies` (None: `slots`) through each entry point."""
        from simkit import __version__

        results = {
            slot: {
                entry: StoredFigures(**Figures.of(self.must(scenario, slot, entry)).to_dict())
                for entry in scenario.entry_points
            }
            for slot in (list(policies) if policies is not None else slots(scenario))
        }
        return StoredRun(
            name=scenario.name,
            version=__version__,
            digest=scenario.digest,
            seed=self.seed,
            trials=self.trials,
            results=results,
            scenario=canonical(scenario),
            expect=promised(scenario),
            acknowledged=acknowledged,
        )


def slots(scenario: Scenario) -> list[str]:
    """The policy in force, whatever it is called, and the others that expectations name."""
    named = {each.policy for each in scenario.expect.values() if each.policy} - {scenario.policy}
    return [IN_FORCE, *sorted(named)]
