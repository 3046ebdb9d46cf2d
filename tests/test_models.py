"""Where models are found, when they are refused, and what is said about it. Nothing here loads one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from peristiwa import models
from peristiwa.errors import ModelError, SettingsError

SHIPPED = models.WEIGHTS / "id"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights folder of one made-up set ``xx`` and an empty cache for Stanza's."""
    entry = models.ModelEntry(source="shipped", folder="xx", files={"tokenize": "tokenize.pt"})
    stanza = models.ModelEntry(source="stanza", language="yy", package="small", processors=("tokenize", "pos", "mwt"))
    monkeypatch.setattr(models, "WEIGHTS", tmp_path)
    monkeypatch.setattr(models, "read_entries", lambda: {"xx": entry, "yy": stanza})
    monkeypatch.setenv("PERISTIWA_MODELS", str(tmp_path / "cache"))
    folder = tmp_path / "xx"
    folder.mkdir()
    (folder / "tokenize.pt").write_bytes(b"weights")
    manifest = {"files": {"tokenize.pt": {"sha256": hashlib.sha256(b"weights").hexdigest()}}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf8")
    return tmp_path


def stanza_cache(shelf: Path) -> Path:
    """Fill the cache as ``stanza.download`` would."""
    cache = shelf / "cache"
    files = {"tokenize/small.pt": b"t", "pos/small_nocharlm.pt": b"p", "pretrain/vec.pt": b"v"}
    for name, content in files.items():
        (cache / "yy" / name).parent.mkdir(parents=True, exist_ok=True)
        (cache / "yy" / name).write_bytes(content)
    md5 = {name: hashlib.md5(content, usedforsecurity=False).hexdigest() for name, content in files.items()}
    resources: dict[str, Any] = {
        "packages": {"small": {"tokenize": "small", "pos": "small_nocharlm"}},
        "tokenize": {"small": {"md5": md5["tokenize/small.pt"]}},
        "pos": {
            "small_nocharlm": {
                "md5": md5["pos/small_nocharlm.pt"],
                "dependencies": [{"model": "pretrain", "package": "vec"}],
            }
        },
        "pretrain": {"vec": {"md5": md5["pretrain/vec.pt"]}},
    }
    (cache / "resources.json").write_text(json.dumps({"yy": resources}), encoding="utf8")
    return cache


def test_shipped_files_are_those_of_the_manifest() -> None:
    manifest = models.read_manifest(SHIPPED)
    on_disk = {path.name for path in SHIPPED.iterdir() if path.suffix in (".pt", ".json")} - {"manifest.json"}
    assert on_disk == set(manifest["files"])
    for name, entry in manifest["files"].items():
        assert models.digest(SHIPPED / name) == entry["sha256"], name
        assert (SHIPPED / name).stat().st_size == entry["size"] < 45_000_000
        assert {"versions", "data", "command", "seed", "scores", "date"} <= set(entry)
    assert sum(entry["size"] for entry in manifest["files"].values()) < 90_000_000


def test_indonesian_is_shipped_and_complete() -> None:
    found = models.locate("id")
    assert (found.language, found.source) == ("id", "shipped")
    assert {"pretrain", "tokenize", "mwt", "reader", "lemma", "triggers"} == set(found.paths)
    assert set(found.paths.values()) <= set(models.verify("id"))
    of_stanza = models.locate("id-stanza")
    assert of_stanza.language == "id"
    assert {"pos", "depparse", "ner"} == of_stanza.paths.keys() - found.paths.keys()
    assert ("id", True) in [(name, here) for name, _, here in models.list_models()]


def test_a_whole_set_is_located(shelf: Path) -> None:
    assert models.locate("xx").paths == {"tokenize": shelf / "xx" / "tokenize.pt"}
    assert models.verify("xx") == [shelf / "xx" / "tokenize.pt"]


def test_a_changed_file_is_refused(shelf: Path) -> None:
    (shelf / "xx" / "tokenize.pt").write_bytes(b"something else")
    with pytest.raises(ModelError, match="sha256"):
        models.locate("xx")
    with pytest.raises(ModelError, match="sha256"):
        models.verify("xx")
    assert models.locate("xx", check=False).paths


def test_every_file_of_the_manifest_and_of_the_set_is_verified(shelf: Path) -> None:
    manifest = json.loads((shelf / "xx" / "manifest.json").read_text())
    manifest["files"]["roles.json"] = {"sha256": "0" * 64}
    (shelf / "xx" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=r"roles\.json: missing"):
        models.verify("xx")
    (shelf / "xx" / "roles.json").write_text("{}")
    with pytest.raises(ModelError, match=r"roles\.json: damaged"):
        models.verify("xx")
    (shelf / "xx" / "manifest.json").write_text('{"files": {}}')
    with pytest.raises(ModelError, match=r"tokenize\.pt: not in"):
        models.verify("xx")


def test_a_missing_file_is_named(shelf: Path) -> None:
    (shelf / "xx" / "tokenize.pt").unlink()
    with pytest.raises(ModelError, match=r"tokenize\.pt.*is missing"):
        models.locate("xx")


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', "not json"])
def test_a_broken_manifest_is_an_error_of_ours(shelf: Path, content: str) -> None:
    (shelf / "xx" / "manifest.json").write_text(content, encoding="utf8")
    with pytest.raises(ModelError, match="manifest"):
        models.locate("xx")


def test_an_unknown_set_lists_the_known_ones(shelf: Path) -> None:
    with pytest.raises(ModelError, match="known are xx, yy"):
        models.locate("zz")


def test_stanza_models_that_are_not_here_name_the_command(shelf: Path) -> None:
    with pytest.raises(ModelError, match="peristiwa models fetch yy"):
        models.locate("yy")
    assert [(name, here) for name, _, here in models.list_models()] == [("xx", True), ("yy", False)]


def test_fetched_stanza_models_are_located_with_what_they_build_on(shelf: Path) -> None:
    cache = stanza_cache(shelf)
    assert models.locate("yy").paths == {
        "tokenize": cache / "yy" / "tokenize" / "small.pt",
        "pos": cache / "yy" / "pos" / "small_nocharlm.pt",
        "pretrain": cache / "yy" / "pretrain" / "vec.pt",
    }
    assert len(models.verify("yy")) == 3


def test_a_damaged_stanza_model_is_refused(shelf: Path) -> None:
    cache = stanza_cache(shelf)
    (cache / "yy" / "pretrain" / "vec.pt").write_bytes(b"half")
    with pytest.raises(ModelError, match="damaged"):
        models.verify("yy")
    (cache / "yy" / "pretrain" / "vec.pt").unlink()
    with pytest.raises(ModelError, match=r"vec\.pt: missing"):
        models.locate("yy")


def test_fetch_without_a_network_says_so(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import stanza

    def offline(*args: object, **kwargs: object) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(stanza, "download", offline)
    with pytest.raises(ModelError, match="needs the network"):
        models.fetch("yy")


def test_a_shipped_set_is_not_fetched(shelf: Path) -> None:
    with pytest.raises(ModelError, match="nothing to fetch"):
        models.fetch("xx")


def test_wrong_entries_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    path.write_text("id: {source: shipped}\n", encoding="utf8")
    with pytest.raises(SettingsError, match="needs folder and files"):
        models.read_entries(path)
    path.write_text("id: {source: elsewhere}\n", encoding="utf8")
    with pytest.raises(SettingsError):
        models.read_entries(path)


def test_the_cache_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PERISTIWA_MODELS", str(tmp_path))
    assert models.cache_folder() == tmp_path
    monkeypatch.delenv("PERISTIWA_MODELS")
    assert models.cache_folder().parts[-3:] == (".cache", "peristiwa", "stanza")
