"""Finished blocks in a folder, so that a long run goes on where it was stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from simkit.errors import InputError
from simkit.files import read, write

PLAN = "plan.json"
SUFFIX = ".block"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with the plan of one run and a file for each finished block; each file appears whole or not at all."""

    folder: str

    @classmethod
    def opened(cls, folder: str | os.PathLike[str], plan: Mapping[str, Any]) -> Checkpoint:
        """The checkpoint in `folder` of the run that `plan` describes; a new or empty folder begins one.

        Raises InputError where the folder belongs to another run, or holds something else.
        """
        name = os.fspath(folder)
        whole = {"format": FORMAT, **plan}
        try:
            os.makedirs(name, exist_ok=True)
            others = [each for each in os.listdir(name) if not each.endswith(".tmp")]
        except OSError as error:
            raise InputError(f"checkpoint {name!r} cannot be used ({error.strerror}): name another folder") from error
        made = cls(name)
        if not others:
            write(os.path.join(name, PLAN), _sealed(whole))
        elif PLAN not in others:
            raise InputError(f"checkpoint {name!r} holds other files: name a new or empty folder")
        else:
            made._agree(whole)
        return made

    def _agree(self, plan: Mapping[str, Any]) -> None:
        found = self._read(PLAN, "remove the folder, and begin again")
        wanted = json.loads(json.dumps(plan))
        odd = [key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]
        if odd:
            raise InputError(
                f"checkpoint {self.folder!r} belongs to another run, with other {', '.join(odd)}: name another folder"
            )

    def __contains__(self, block: str) -> bool:
        return os.path.exists(os.path.join(self.folder, block + SUFFIX))

    def load(self, block: str) -> Any:
        """What was kept for `block`. Raises InputError if its file is damaged."""
        return self._read(block + SUFFIX, "remove it, and its block is done again")

    def keep(self, block: str, content: Any) -> None:
        """Keep `content` (plain data) for `block`, whole or not at all."""
        write(os.path.join(self.folder, block + SUFFIX), _sealed(content))

    def _read(self, file: str, mend: str) -> Any:
        path = os.path.join(self.folder, file)
        seal, _, text = read(path).partition(b"\n")
        if seal.decode("ascii", "replace") != _seal(text):
            raise InputError(f"{path!r} is damaged: {mend}")
        return json.loads(text)


def _sealed(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return f"{_seal(text)}\n".encode() + text


def _seal(text: bytes) -> str:
    return blake2b(text, digest_size=16).hexdigest()
