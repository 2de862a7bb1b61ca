"""The floors of the house and what stands on what: `python tests/house.py` draws them anew into CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
FLOORS: tuple[Mapping[str, str], ...] = (
    {"errors": "one sentence for each mistake", "package": "what pip calls it, and its version"},
    {
        "table": "numbers as people read them",
        "fate": "the luck of each step in a trial",
        "distributions": "durations, drawn by table",
        "files": "in and out, whole or not at all",
        "repository": "a git repository as it was",
        "progress": "how far long work has come",
        "remembered": "what a command worked out already",
    },
    {"model": "what exists", "attackgraph": "what can be computed"},
    {
        "entitlements": "globs resolved to grants",
        "engines": "arrays only: no agent, no token",
        "session_catalogue": "what open sessions do, measured",
        "rights": "policies of AWS IAM, evaluated",
        "rbac": "Kubernetes RBAC, evaluated",
        "unknowns": "numbers that nobody measured",
    },
    {"policies": "identities cut into sessions", "techniques": "the bridge from model to graph"},
    {
        "scenario": "the file and its frozen value",
        "measures": "a row for each, read by every gate",
        "blast_radius": "what an attack got, measured",
        "record": "one sample as an event log",
        "execution": "blocks on threads or machines",
        "standards": "ids in the public lists",
    },
    {
        "simulation": "where the line is joined",
        "annual_loss": "what a year costs, event by event",
        "privilege": "granted, needed and used",
        "patch": "the smallest change of a file",
        "impacts": "real work under another design",
        "importers": "other systems' files",
    },
    {"decisions": "how sure, and what decides it"},
    {
        "narrowing": "edits, recommendation, cut set",
        "ablation": "what each dial buys and costs",
        "checks": "expectations and baselines, for CI",
        "estate": "an organisation of any size",
        "sweeps": "scenarios by policies by seeds",
        "diagram": "boxes and lines of a picture",
        "linter": "slips in a sound scenario",
        "reachable": "the chance that it is ever reached",
        "persistence": "one try beside a try each time",
    },
    {
        "controls": "evidence for public frameworks",
        "studies": "one grant design against another",
        "artifacts": "narrowings as people apply them",
        "history": "a scenario as it was, and since",
    },
    {"plots": "results as pictures"},
    {"report": "one page for people who decide", "notebook": "a graph to click through"},
    {"cli": "one file a command", "pytest_plugin": "assertions", "pytest_entry": "where pytest finds them"},
)
"""Lowest first: each room with what it is. A module imports from the floors under it, and on its own floor only inside
its own package."""
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted((ROOT / "simkit").rglob("*.py"))
INSIDE = [path for path in MODULES if path.parent != ROOT / "simkit" or path.stem not in ("__init__", "__main__")]
_PICTURE = re.compile(r"(?<=<!-- the floors -->\n```text\n).*?(?=```\n)", re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "simkit").parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The full name of every module that `path` imports, late imports and imports for types included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}:{node.lineno} imports relatively"
            assert node.module
            bare = node.module == "simkit"
            yield from (f"simkit.{alias.name}" if bare else node.module for alias in node.names)


def rooms_below(path: Path) -> set[str]:
    """The rooms that `path` imports from; the version is the one thing that the front door itself gives."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("simkit.")} - {"__version__"}


def stands_on() -> dict[str, set[str]]:
    """For each room those that it imports from."""
    found: dict[str, set[str]] = {}
    for path in INSIDE:
        found.setdefault(room(path), set()).update(rooms_below(path) - {room(path)})
    return found


def rests_on(rooms: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """`rooms` without what follows: a room that another one below reaches already is not named again."""

    def reached(start: str) -> set[str]:
        return {start}.union(*(reached(below) for below in rooms.get(start, ())))

    return {
        name: {one for one in below if not any(one in reached(other) for other in below - {one})}
        for name, below in rooms.items()
    }


def picture() -> str:
    """The floors, the roof first; behind each room the rooms that it rests on."""
    rests = rests_on(stands_on())
    wide = max(map(len, FLOOR))
    long = max(len(words) for rooms in FLOORS for words in rooms.values())
    lines: list[str] = []
    for floor, rooms in reversed(list(enumerate(FLOORS, 1))):
        for number, (name, words) in enumerate(rooms.items()):
            below = ", ".join(sorted(rests.get(name, ()))) if name in rests else "(no room yet)"
            lines.append(f"{'' if number else floor:>2} | {name:<{wide}} | {words:<{long}} | {below}".rstrip(" "))
        lines.append(f"---+{'-' * (wide + 2)}+{'-' * (long + 2)}+{'-' * 44}")
    return "\n".join(lines[:-1]) + "\n"


def drawn(page: str) -> str:
    """The text of a page with the picture of the floors as they are now."""
    return _PICTURE.sub(lambda _: picture(), page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
