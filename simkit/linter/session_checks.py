"""Checks of what is said, and not said, about sessions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from simkit.entitlements import tools_of
from simkit.linter.check import Slip
from simkit.linter.inspected import Inspected
from simkit.table import shorten

MOST_NAMES = 96
"""Places that the names of tools take at most in one warning."""


def session_without_terms(inspected: Inspected) -> Iterator[Slip]:
    """Tools at which a credential opens sessions of which nobody says how they behave; once for the file."""
    model = inspected.model
    silent = set[str]()
    tools_in = cache(lambda identity: tools_of(inspected.cut.entitled[identity]))
    for credential in model.credentials.values():
        if credential.session is None and credential.use == "login":
            opened = tools_in(credential.identity)
            silent |= opened & set(credential.audience) if credential.audience else opened
    named = sorted(name for name in silent if model.tools[name].session is None)
    if named:
        says = (
            f"sessions at {shorten(', '.join(named), MOST_NAMES)} end with what opened them, because nothing else is "
            f"said, and at most servers that were measured they outlive it: say `session` there or on the credential, "
            f"such as {{like: postgresql-15}}"
        )
        yield Slip(("tools",), says)
