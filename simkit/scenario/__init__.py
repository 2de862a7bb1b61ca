"""The scenario: a model, how the attack starts, what must not happen, who responds, and the policies to compare."""

from simkit.scenario.scenario import Assumption, IncidentRecord, Scenario, Source

__all__ = ["Assumption", "IncidentRecord", "Scenario", "Source"]
