"""Where a result comes from."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Provenance:
    """What reproduces a result: the scenario (by digest), policy, entry point, seed, trials, engine and version."""

    scenario: str
    digest: str
    policy: str
    entry_point: str
    seed: int
    trials: int
    engine: str
    version: str

    def __str__(self) -> str:
        drawn = f", seed {self.seed}, {self.trials:,} trials" if self.trials else ""
        return f"{self.scenario} ({self.digest[:12]}), {self.policy}, {self.entry_point}{drawn}, simkit {self.version}"

    def to_dict(self) -> dict[str, str | int]:
        """The provenance as plain data."""
        return asdict(self)
