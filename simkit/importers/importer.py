"""The contract of an importer: which files are its own, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simkit.importers.draft import Draft
from simkit.importers.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of files. `tests/importer_contract.py` is what each must do.

    `reads` says in a few words which files these are. `suspects` looks at the name and the text of a file, cheaply,
    before it is parsed; `claims` at what is in it. `translate` puts what its files say into a draft.
    `unseen` is what no such file can tell. One that `joins` comes last, and finds what the others made in
    `Draft.beside`. `sees` are kinds whose files it looks into beside its own, in `Draft.seen`.
    """

    kind: str
    reads: str
    suspects: Callable[[SourceFile], bool]
    claims: Callable[[SourceFile], bool]
    translate: Callable[[Sequence[SourceFile], Draft], None]
    unseen: tuple[str, ...]
    joins: bool = False
    sees: tuple[str, ...] = ()
