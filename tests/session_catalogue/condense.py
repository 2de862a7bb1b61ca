"""Writes the catalogue from the measured rows: `python tests/session_catalogue/condense.py MEASURED.tsv`.

rules.yaml, beside this file, says which rows decide which cell; what a cell says comes from the rows. Rows of one cell
that disagree, and rows that the measurement does not have, stop it.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CATALOGUE = HERE.parents[1] / "simkit" / "session_catalogue" / "catalogue.json"
DATE = "2026-11"
ABOUT = (
    "What real servers do with an open session. Measured 2026-11 on Debian 12's packages, each row once; 'survives' "
    "was watched for seconds, not for days. Facts only: event, probe, what was seen. Written by "
    "tests/session_catalogue/condense.py from the measured rows: change its rules.yaml, not this."
)
EVENTS = ("on_expiry", "on_revoke", "on_disable", "on_delete", "on_entitlement_removed", "on_role_removed")

Rows = Mapping[tuple[str, str], list[bool]]
Rule = Mapping[str, Any]


def measured(path: Path) -> dict[str, dict[tuple[str, str], list[bool]]]:
    """For each system, whether what was probed after an event was allowed, by (event, probe)."""
    found: dict[str, dict[tuple[str, str], list[bool]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            key = (row["event"], row["probe"])
            found.setdefault(row["system"], {}).setdefault(key, []).append(
                {"ALLOWED": True, "DENIED": False}[row["result"]]
            )
    return found


def rows_of(systems: Iterable[str], every: Mapping[str, Rows]) -> Rows:
    """The rows of all `systems`, together."""
    together: dict[tuple[str, str], list[bool]] = {}
    for system in systems:
        for key, results in every[system].items():
            together.setdefault(key, []).extend(results)
    return together


def allowed(rule: Rule, rows: Rows, where: str) -> bool:
    """What all rows that `rule` names say. Raises ValueError where one is missing or they disagree."""
    keys = [tuple(row.split(" | ")) for row in rule["rows"]]
    missing = [key for key in keys if key not in rows]
    if missing:
        raise ValueError(f"{where}: nobody measured {missing}")
    said = {result for key in keys for result in rows[key]}
    if len(said) != 1:
        raise ValueError(f"{where}: the rows disagree: {[(key, rows[key]) for key in keys]}")
    return said.pop()


def observation(of: str, rule: Rule, rows: Rows, refused: str, where: str) -> dict[str, Any]:
    """One observation as the catalogue holds it."""
    shown = {"when": rule["when"]} if "when" in rule else {}
    for grounding, key in (("measured by the tests", "again"), ("condensed", "condensed")):
        if key in rule:
            seen = [rule["probe"]] if "probe" in rule else []
            return {**shown, "found": rule[key], "grounding": grounding, "seen": seen}
    if of == "new":
        found = rule.get("new_as", "allowed") if allowed(rule, rows, where) else "denied"
    else:
        found = "survives" if allowed(rule, rows, where) else rule.get("refused", refused)
    seen = [row.replace(" | ", ": ", 1) for row in rule["rows"]]
    return {**shown, "found": found, "grounding": "measured", "seen": seen}


def reaction(rule: Rule, systems: list[str], every: Mapping[str, Rows], where: str) -> dict[str, list[dict[str, Any]]]:
    """The observations of one event, the one that stands in the cell first."""
    refused = rule.get("refused", "next-use")
    made = {}
    for of in ("operation", "stream", "new"):
        cell = rule.get(of)
        if cell:
            cases = [cell, *cell.get("variants", ())]
            made[of] = [
                observation(of, case, rows_of(case.get("systems", systems), every), refused, f"{where} {of}")
                for case in cases
            ]
    return made


def condensed(every: Mapping[str, Rows], rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The whole catalogue."""
    made: dict[str, Any] = {}
    for name, rule in rules.items():
        if rule.get("ttl_rows") and not allowed({"rows": rule["ttl_rows"]}, rows_of(rule["systems"], every), name):
            raise ValueError(f"{name}: its rows deny what ttl_kind {rule['ttl_kind']} says")
        facts = {key: rule[key] for key in ("product", "version", "ttl_kind", "cut_by", "note") if rule.get(key)}
        events = {event: reaction(rule[event], rule["systems"], every, name) for event in EVENTS if event in rule}
        made[name] = {**facts, "date": DATE, **events}
    return made


def rules() -> dict[str, Rule]:
    """Which rows decide which cell."""
    read: dict[str, Rule] = yaml.safe_load((HERE / "rules.yaml").read_text("utf-8"))
    return read


def written(measurement: Path) -> str:
    """The text of the catalogue for the rows in `measurement`."""
    made = {"about": ABOUT, "systems": condensed(measured(measurement), rules())}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    CATALOGUE.write_text(written(Path(sys.argv[1])), "utf-8")
