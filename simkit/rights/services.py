"""The services of AWS that are known: of any other, nobody can say how it decides."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def known_services() -> frozenset[str]:
    """Prefixes of actions, in lower case; the source is on top of `services.txt`.

    >>> "s3" in known_services(), "sx3" in known_services()
    (True, False)
    """
    text = files("simkit.rights").joinpath("services.txt").read_text("utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
