"""Settings, languages and configuration files: wrong ones are told by file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from peristiwa.errors import SettingsError
from peristiwa.language import load_language
from peristiwa.settings import Settings, config_path, load_settings, read_yaml, settings_hash


def test_the_shipped_settings_are_the_defaults_of_the_code() -> None:
    assert load_settings() == Settings()


def test_own_settings_go_over_the_defaults(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("batch_documents: 4\n")
    assert load_settings(own) == load_settings(str(own)) == Settings(batch_documents=4)
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    assert load_settings(tmp_path / "empty.yaml") == Settings()
    assert settings_hash(load_settings(own)) != settings_hash(load_settings())
    assert settings_hash(load_settings()) == settings_hash(Settings())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("batch_docs: 4\n", "batch_docs: there is no such key\nKnown are language, models, .*batch_documents"),
        ("formats: csv\n", r"formats: give a list: \[one, another\]"),
        ("batch_documents: 0\n", "batch_documents"),
        ("- a\n- b\n", "mapping"),
        ("[]\n", "mapping"),
        ("a: [\n", "line 2: not valid YAML"),
        ("a: 1\n\tb: 2\n", "line 2: not valid YAML: .*Indent with spaces"),
        ("ontology: a: b\n", "line 1: not valid YAML: .*colon"),
        ("workers: 1\nworkers: 2\n", "a second time"),
    ],
)
def test_wrong_settings_name_the_file_and_the_key(tmp_path: Path, content: str, says: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(content)
    with pytest.raises(SettingsError, match=says) as error:
        load_settings(own)
    assert "own.yaml" in str(error.value)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yaml"):
        config_path("nowhere.yaml")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_yaml(tmp_path / "nowhere.yaml")


def test_an_ontology_that_is_not_there_is_told_with_the_file_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own.yaml"
    own.write_text("ontology: types/mine.yaml\n")
    with pytest.raises(SettingsError) as error:
        load_settings(own)
    for part in (
        f"{own}: ontology: ",
        str(tmp_path / "types/mine.yaml"),
        str(config_path(".") / "types/mine.yaml"),
        "whole path",
    ):
        assert part in str(error.value)
    assert "Reinstall" not in str(error.value)
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "mine.yaml").write_text("version: 1\n")
    assert load_settings(own).ontology == "types/mine.yaml"


def test_an_unknown_language_is_told_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"known are .*id"):
        load_language("xx")


def test_precision_is_the_processors_unless_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERISTIWA_PRECISION", "half")
    assert Settings().precision == "half"
    assert Settings(precision="full").precision == "full"
    monkeypatch.delenv("PERISTIWA_PRECISION")
    for flags, wanted in (("avx512f avx512_bf16 fma", "half"), ("fp asimd bf16 i8mm", "half"), ("sse avx2 avx512f", "full")):
        monkeypatch.setattr(Path, "read_text", lambda self, flags=flags: f"flags : {flags}\n")
        assert Settings().precision == wanted
