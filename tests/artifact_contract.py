"""What every kind of artifact must do. The test class of one inherits this and gives it small files of the kind."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from simkit import load
from simkit.artifacts import ARTIFACTS, ArtifactKind, ImportedSources, carried_out, patch_text, wider
from simkit.importers import import_files, says_the_same, whole
from simkit.narrowing import DropEntitlements, TurnDial
from simkit.scenario import Scenario


class ArtifactContract:
    kind: ClassVar[ArtifactKind]
    sample: ClassVar[Mapping[str, str]]
    """Files by name, that are imported; together they show every form that the kind changes."""

    @pytest.fixture
    def scenario(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
        """The sample in the working folder, imported, with a scenario that includes its parts."""
        monkeypatch.chdir(tmp_path)
        for name, text in self.sample.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return imported(tmp_path)

    @pytest.fixture
    def sources(self, scenario: Scenario) -> ImportedSources | None:
        return ImportedSources.of(scenario, self.kind.imported) if self.kind.imported else None

    def test_it_stands_in_the_table_under_its_kind(self) -> None:
        assert ARTIFACTS[self.kind.kind] is self.kind
        assert self.kind.writes
        assert self.kind.silent

    def test_each_thing_that_it_offers_is_said_and_holds_when_imported_again(
        self, scenario: Scenario, sources: ImportedSources | None
    ) -> None:
        """The truth of an artifact: the files, changed and imported, say what the narrowing says, and nobody gains."""
        offers = list(self.kind.offers(scenario, sources))
        assert len(offers) > 1
        assert len(set(offers)) == len(offers)
        for each in offers:
            made = carried_out(self.kind, scenario, sources, [each])
            assert made.said.keys() == {each}, each.name
            assert made.is_whole, f"{each.name}: {made.said}"
            assert made.files, each.name
            assert not list(wider(scenario, made.applied)), each.name

    def test_all_of_them_together_hold_too(self, scenario: Scenario, sources: ImportedSources | None) -> None:
        offers = list(self.kind.offers(scenario, sources))
        made = carried_out(self.kind, scenario, sources, offers)
        assert made.is_whole, [each.name for each in made.unkept]
        assert not list(wider(scenario, made.applied))

    def test_git_applies_the_patch_and_the_next_import_is_what_it_says(
        self, scenario: Scenario, sources: ImportedSources | None, tmp_path: Path
    ) -> None:
        if shutil.which("git") is None:
            pytest.skip("needs git")
        offers = [each for each in self.kind.offers(scenario, sources) if isinstance(each, DropEntitlements)]
        made = carried_out(self.kind, scenario, sources, offers[:3])
        subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
        subprocess.run(["git", "apply"], cwd=tmp_path, check=True, input=patch_text(made), text=True)
        for name, (_, text) in {**made.files, **made.parts}.items():
            assert Path(name).read_text("utf-8") == text
        for each in import_files(["."]) if sources else ():
            assert says_the_same(each.text(str(tmp_path)), (tmp_path / "imported" / f"{each.kind}.yaml").read_text())

    def test_no_narrowing_is_no_change(self, scenario: Scenario, sources: ImportedSources | None) -> None:
        made = carried_out(self.kind, scenario, sources, [])
        assert made.is_whole
        assert not made.said
        if sources:
            assert patch_text(made) == ""

    def test_what_it_cannot_say_is_listed_and_changes_nothing(
        self, scenario: Scenario, sources: ImportedSources | None
    ) -> None:
        dial = TurnDial(next(iter(scenario.model.identities)), "expiry", "task")
        made = carried_out(self.kind, scenario, sources, [dial])
        assert (list(made.unsaid), made.is_whole) == ([dial], False)
        assert made.unsaid[dial]
        assert any(table.title == f"{self.kind.kind} cannot say" for table in made.tables())


def imported(folder: Path, name: str = "sample") -> Scenario:
    """What `folder` holds, imported into `imported/` there; the scenario beside it includes that."""
    (folder / "imported").mkdir(exist_ok=True)
    parts = []
    for each in import_files(["."]):
        (folder / "imported" / f"{each.kind}.yaml").write_text(each.text(str(folder)), "utf-8")
        parts.append(f"imported/{each.kind}.yaml")
    (folder / "scenario.yaml").write_text(whole(name, parts), "utf-8")
    return load("scenario.yaml")
