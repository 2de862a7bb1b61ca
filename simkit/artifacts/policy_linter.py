"""Policy documents of AWS as parliament sees them, a linter of others: what it finds after a change and not before."""

from __future__ import annotations

import importlib.util
import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import ModuleType
from typing import Any

from simkit.errors import EngineError
from simkit.package import pip_install
from simkit.table import printable

Json = dict[str, Any]
GRAVE = ("HIGH", "CRITICAL")
"""With a finding of such severity IAM would not take the document."""
ABSENT = f"not held against the linter parliament: `{pip_install('aws')}` for that"


def linted(documents: Mapping[str, tuple[Json, Json]]) -> Iterator[str]:
    """What parliament says of `documents`, each before and after, by file name, in lines for people.

    Only what it does not find before is told: a policy that people wrote may have findings of its own. Raises
    EngineError where a document is no policy for it, and was one.
    """
    if not documents:
        return
    parliament = _parliament()
    if parliament is None:
        yield ABSENT
        return
    sound = 0
    for name, (before, after) in documents.items():
        try:
            new = _findings(parliament, after) - _findings(parliament, before)
        except Exception as error:  # whatever it stops at, a number without quotes for one, is no verdict
            yield f"parliament stops at {name} ({type(error).__name__}: {printable(str(error))}), and did not check it"
            continue
        for (issue, severity), _ in sorted(new.items()):
            if severity in GRAVE:
                raise EngineError(f"parliament does not take {name} ({issue}): report this as a bug of simkit")
            yield f"parliament finds {issue} ({severity.lower()}) in {name}, and did not before"
        sound += not new
    if sound:
        yield f"parliament finds nothing new in {sound:,} of them" if sound < len(documents) else _clean(len(documents))


def _clean(count: int) -> str:
    return f"parliament finds nothing new in {'it' if count == 1 else 'them'}"


def _findings(parliament: ModuleType, document: Json) -> Counter[tuple[str, str]]:
    """How often it finds what, with the severity. It asks for a Resource, which a trust policy has not."""
    statements = document["Statement"]
    told = [
        each if "Resource" in each or "NotResource" in each else {**each, "Resource": "*"}
        for each in (statements if isinstance(statements, list) else [statements])
    ]
    found = parliament.analyze_policy_string(json.dumps({**document, "Statement": told})).findings
    return Counter((each.issue, parliament.enhance_finding(each).severity) for each in found)


def _parliament() -> ModuleType | None:
    """The linter; None where it is not installed. It finds its own files by pkg_resources, which it does not ask for
    and which setuptools has no more since 82: what it uses of that is given to it."""
    if importlib.util.find_spec("parliament") is None:
        return None
    finder = ModuleType("pkg_resources")
    finder.__dict__["resource_filename"] = lambda package, name: str(files(package) / name)
    lent = sys.modules.setdefault("pkg_resources", finder) is finder
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it leaves two files open
            return importlib.import_module("parliament")
    finally:
        if lent:
            del sys.modules["pkg_resources"]
