"""Files that tell rights in a cloud and that no importer reads: mostly, what they give depends on what runs them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from simkit.importers.file_place import FilePlace
from simkit.importers.source_file import SourceFile

ACCOUNT = "`aws iam get-account-authorization-details` prints"
MOST_READ = 1 << 20
"""How many characters of a file are looked at."""


@dataclass(frozen=True, slots=True)
class UnreadSource:
    """A kind of such files: what they are, how they end, what stands in them, and what is read in their place."""

    what: str
    endings: tuple[str, ...]
    mark: re.Pattern[str]
    instead: str

    def is_it(self, path: str, text: str) -> bool:
        """True if a file at `path` with the `text` is of this kind."""
        return path.endswith(self.endings) and self.mark.search(text, 0, MOST_READ) is not None


UNREAD = (
    UnreadSource(
        "Terraform's own files",
        (".tf", ".tf.json", ".tofu"),
        re.compile(r'"aws_\w|[/-]aws[-/"]'),
        "what they make depends on variables and modules: import the plan, as `terraform show -json` prints it",
    ),
    UnreadSource(
        "Terraform's stored states",
        (".tfstate", ".json"),
        re.compile(r'"lineage"\s*:(?=.*"type"\s*:\s*"aws_)', re.DOTALL),
        "import the JSON that `terraform show -json` prints, of such a file or of the state behind a configuration",
    ),
    UnreadSource(
        "the templates of CloudFormation",
        (".yaml", ".yml", ".json", ".template"),
        re.compile(r"""\bType["']?\s*:\s*["']?AWS::\w+::\w"""),
        f"what they make depends on parameters: deploy them, and import the account, as {ACCOUNT} it",
    ),
)
"""Those of AWS, whose importer reads what they become."""
KIND = "aws"
ENDINGS_BESIDE = (".tf", ".tfstate", ".tofu", ".template")
"""Endings of files that are looked at for this alone."""


def unread_source(path: str, text: str) -> UnreadSource | None:
    """What of `UNREAD` the file at `path` with the `text` is."""
    return next((each for each in UNREAD if each.is_it(path, text)), None)


def unread_sources(files: Iterable[SourceFile], others: Iterable[str]) -> dict[UnreadSource, FilePlace]:
    """Each kind of `UNREAD` with the first place of one, among `files` of no importer, and `others` by their paths."""
    found: dict[UnreadSource, FilePlace] = {}
    for file in files:
        source = unread_source(file.plain_path, file.text)
        if source is not None:
            found.setdefault(source, FilePlace(file.path))
    for path in others:
        source = unread_source(path, _text(path))
        if source is not None:
            found.setdefault(source, FilePlace(path))
    return found


def _text(path: str) -> str:
    """The begin of the file at `path`; nothing where it cannot be read."""
    try:
        with open(os.fspath(path), encoding="utf-8", errors="replace") as stream:
            return stream.read(MOST_READ)
    except OSError:
        return ""
