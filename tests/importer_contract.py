"""What every importer must do. The test class of one inherits this and gives it small files that show all of the kind.

Nothing else is needed: the places, the secrets, hostile files and the mutated ones follow from the sample.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import click.testing
import pytest

from simkit import InputError, load
from simkit.files import LARGEST
from simkit.importers import IMPORTERS, Imported, Importer, import_files, says_the_same, whole
from simkit.scenario.parser import read_stream

Cli = Callable[..., click.testing.Result]
ODD = (
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "*",
    "a/b",
    "é" * 300,
    "{{ x }}",
    [],
    {},
    [None],
    [[]],
    {"": {}},
    {"a": [1]},
    "[x]?*",
)
MUTANTS, MANY_MUTANTS = 200, 10_000


class ImporterContract:
    importer: ClassVar[Importer]
    sample: ClassVar[Mapping[str, str]]
    """Files by name; together they show every thing that the importer reads."""
    secrets: ClassVar[tuple[str, ...]]
    """Texts in the sample that must appear nowhere."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return written(tmp_path / "sample", self.sample)

    def test_it_stands_in_the_table_under_its_kind(self) -> None:
        assert IMPORTERS[self.importer.kind] is self.importer
        assert self.importer.reads
        assert self.importer.unseen

    def test_the_sample_is_seen_as_this_kind_and_no_other(self, folder: Path) -> None:
        assert [each.kind for each in import_files([folder])] == [self.importer.kind]

    def test_what_is_written_is_a_sound_scenario(self, folder: Path) -> None:
        made = imported(self.importer, folder)
        scenario = made.scenario()
        part = folder / "imported.yaml"
        part.write_text(made.text(), "utf-8")
        including = folder / "whole.yaml"
        including.write_text(whole(self.importer.kind, [part.name]), "utf-8")
        assert load(including).digest == scenario.digest
        assert scenario.model.identities
        assert scenario.entry_points

    def test_what_is_checked_is_what_is_written(self, folder: Path) -> None:
        made = imported(self.importer, folder)
        made.check()
        (written_out,) = read_stream(made.text(), "part.yaml")
        assert written_out.value == json.loads(json.dumps(made.values()))

    def test_each_place_is_a_line_of_a_file_that_was_read(self, folder: Path) -> None:
        made = imported(self.importer, folder)
        lines = {str(folder / name): len(text.splitlines()) for name, text in self.sample.items()}
        assert made.origins
        for origin in (*made.origins.values(), *(each.origin for each in made.untranslated)):
            assert 0 <= origin.line <= lines[origin.file], origin
        assert set(made.read) == set(lines)

    def test_no_secret_is_copied(self, folder: Path, cli: Cli, tmp_path: Path) -> None:
        whole = "".join(self.sample.values())
        assert self.secrets
        assert all(secret in whole for secret in self.secrets)
        made = imported(self.importer, folder)
        told = cli("import", str(folder), "-o", str(tmp_path / "out"), "--format", "json")
        everything = made.text() + json.dumps(made.to_dict()) + repr(made) + told.output
        assert not [secret for secret in self.secrets if secret in everything]

    def test_lines_that_move_change_no_name(self, folder: Path) -> None:
        """Blank lines above, and another indentation of what is JSON: only the places are others."""
        made = imported(self.importer, folder)
        moved = imported(
            self.importer, written(folder, {name: shifted(text, name) for name, text in self.sample.items()})
        )
        assert {of: list(things) for of, things in moved.sections.items()} == {
            of: list(things) for of, things in made.sections.items()
        }
        assert moved.scenario().digest == made.scenario().digest
        assert says_the_same(made.text(), moved.text())
        assert moved.text() != made.text()

    def test_the_same_files_give_the_same_bytes(self, folder: Path) -> None:
        assert imported(self.importer, folder).text() == imported(self.importer, folder).text()

    def test_a_file_of_another_kind_is_refused_in_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "other.json").write_text('{"shopping": ["milk"]}')
        refused(tmp_path / "other.json", self.importer.kind)

    @pytest.mark.parametrize("start", ["[", '{"a":'])
    def test_deep_nesting_is_refused_in_a_sentence(self, tmp_path: Path, start: str) -> None:
        name = next(iter(self.sample))
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# apiVersion kind\n" * (not name.endswith("json")) + start * 100_000)
        refused(tmp_path / name, self.importer.kind)

    def test_a_huge_file_is_refused_in_a_sentence(self, tmp_path: Path) -> None:
        huge = tmp_path / Path(next(iter(self.sample))).name
        with huge.open("wb") as file:
            file.truncate(LARGEST + 1)
        assert "is larger than" in refused(huge, self.importer.kind)

    def test_a_file_cut_short_is_refused_if_named_and_listed_if_found(self, tmp_path: Path) -> None:
        name, text = next(iter(self.sample.items()))
        folder = written(tmp_path, {name: text.rstrip()[: len(text) // 2] + '\n  "cut: [', "b-" + name: text})
        refused(folder / name, self.importer.kind)

    def test_importing_is_told_and_checked_by_exit_codes(self, folder: Path, cli: Cli, tmp_path: Path) -> None:
        out = tmp_path / "imported"
        assert cli("import", str(folder), "-o", str(out), "--check").exit_code == 1
        assert not out.exists()
        assert cli("import", str(folder), "-o", str(out)).exit_code == 0
        assert cli("import", str(folder), "-o", str(out), "--check").exit_code == 0
        complete = imported(self.importer, folder).complete
        assert cli("import", str(folder), "-o", str(out), "--strict").exit_code == (0 if complete else 4)
        assert cli("validate", str(out)).exit_code == 0

    def test_mutated_files_end_in_a_scenario_or_in_a_sentence(self, tmp_path: Path) -> None:
        self.mutate(tmp_path, MUTANTS, 1)

    @pytest.mark.slow
    @pytest.mark.parametrize("seed", range(2, 42))
    def test_10000_mutated_files_end_in_a_scenario_or_in_a_sentence(self, tmp_path: Path, seed: int) -> None:
        self.mutate(tmp_path, MANY_MUTANTS // 40, seed)

    def mutate(self, tmp_path: Path, count: int, seed: int) -> None:
        rng = random.Random(seed)
        names = list(self.sample)
        sound = 0
        for number in range(count):
            chosen = rng.choice(names)
            files = dict(self.sample) | {chosen: mutant(self.sample[chosen], chosen, rng)}
            folder = written(tmp_path / str(number % 10), files)
            named = [str(folder / name) for name in names] if rng.random() < 0.5 else [str(folder)]
            made: tuple[Imported, ...] = ()
            with contextlib.suppress(InputError):
                made = import_files(named, self.importer.kind)
            # what an importer writes must load, whatever it read
            found = [each.scenario() for each in made if not each.is_empty]
            sound += bool(found)
        assert sound > count // 4, "most mutants are still files of the kind"


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return folder


def shifted(text: str, name: str) -> str:
    """`text` three lines further down, and as JSON is written by another program."""
    if name.endswith(".json"):
        with contextlib.suppress(ValueError):
            text = json.dumps(json.loads(text), indent=5, ensure_ascii=False)
    return "\n\n\n" + text


def imported(importer: Importer, *paths: Path) -> Imported:
    (made,) = import_files(paths, importer.kind)
    return made


def refused(path: Path, kind: str) -> str:
    with pytest.raises(InputError) as caught:
        import_files([path], kind)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    return message


def mutant(text: str, name: str, rng: random.Random) -> str:
    """`text` with something wrong in it: in its letters, or in its values."""
    if rng.random() < 0.5 and not name.endswith(".toml"):
        try:
            values = [each.value for each in read_stream(text, name)]
        except InputError:
            return text
        for _ in range(rng.choice((1, 1, 3))):
            values = [_odd(value, rng) for value in values]
        return "\n---\n".join(json.dumps(value, ensure_ascii=False) for value in values)
    for _ in range(rng.choice((1, 1, 4))):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 1, 5, 40)))
        other = rng.randrange(len(text) + 1)
        put = rng.choice(("", " ", "\n", "- ", "{", "]", '"', "\0", "é", text[other : other + 30]))
        text = text[:start] + put + text[end:]
    return text


def _odd(value: Any, rng: random.Random) -> Any:
    """`value` with one of its parts replaced, taken away or doubled."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.1:
            return {each: what for each, what in value.items() if each != key}
        return value | {key: _odd(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        index = rng.randrange(len(value))
        return [*value[:index], _odd(value[index], rng), *value[index:]]
    return rng.choice(ODD)
