"""Models: which files read a language, whether they are whole, and the one place that may use the network.

``config/models.yaml`` names a model set per language. Shipped sets lie in ``peristiwa/weights`` and are checked
against the sha256 sums of their manifest; Stanza's official packages are fetched once into a folder of the user.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from peristiwa.errors import ModelError
from peristiwa.settings import Strict, config_path, read_yaml, validate

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = "manifest.json"
NETWORK = "events.pt"
"""The network of events, beside the weights of a language."""
DEPENDENCIES = ("pretrain", "forward_charlm", "backward_charlm")
"""What a Stanza model builds on; the last two are character language models."""


class ModelEntry(Strict):
    """One entry of ``config/models.yaml``."""

    source: Literal["shipped", "stanza"]
    folder: str = ""
    files: dict[str, str] = Field(default_factory=dict)
    language: str = ""
    package: str = ""
    processors: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> ModelEntry:
        if self.source == "shipped" and not (self.folder and self.files):
            raise ValueError("source: shipped needs folder and files")
        if self.source == "stanza" and not (self.language and self.package and self.processors):
            raise ValueError("source: stanza needs language, package and processors")
        return self


@dataclass(frozen=True, slots=True)
class ModelSet:
    """The files of one set: ``paths`` by processor, with ``pretrain`` for the word vectors that several share."""

    name: str
    language: str
    source: str
    paths: dict[str, Path]


def read_entries(path: Path | None = None) -> dict[str, ModelEntry]:
    """All entries of ``config/models.yaml``. Raises SettingsError."""
    path = path or config_path("models.yaml")
    raw = read_yaml(path)
    entries = raw if isinstance(raw, dict) else {}
    return {str(name): validate(ModelEntry, entry, f"{path}: {name}") for name, entry in entries.items()}


def list_models() -> list[tuple[str, ModelEntry, bool]]:
    """Every set with its entry and whether its files are here."""
    found = []
    for name, entry in read_entries().items():
        try:
            locate(name, check=False)
        except ModelError:
            found.append((name, entry, False))
        else:
            found.append((name, entry, True))
    return found


def locate(name: str, *, check: bool = True) -> ModelSet:
    """The files of one set; shipped ones are compared with their manifest unless ``check`` is off.

    Raises ModelError when the set is unknown, or a file is missing or not the one of the manifest.
    """
    entry = _entry(name)
    if entry.source == "stanza":
        return ModelSet(name, entry.language, entry.source, _stanza_files(name, entry))
    folder = WEIGHTS / entry.folder
    paths = {processor: folder / file for processor, file in entry.files.items()}
    for processor, path in paths.items():
        if not path.is_file():
            raise ModelError(f"{path}: the {processor} model of {name!r} is missing. Reinstall the package.")
    if check:
        _check_shipped(name, paths)
    return ModelSet(name, entry.folder, entry.source, paths)


def verify(name: str) -> list[Path]:
    """Compare every file of a set with the sum that its publisher gives. Raises ModelError at the first that differs."""
    entry = _entry(name)
    models = locate(name, check=False)
    if entry.source == "stanza":
        for path, expected in _stanza_sums(name, entry, models.paths.values()):
            if digest(path, "md5") != expected:
                raise ModelError(f"{path}: damaged (its md5 differs). Delete it and run `peristiwa models fetch {name}`.")
        return list(models.paths.values())
    folder = WEIGHTS / entry.folder
    listed = {file: folder / file for file in read_manifest(folder)["files"]}  # the weights beside the rules, too
    files = listed | {path.name: path for path in models.paths.values()}
    for path in files.values():
        if not path.is_file():
            raise ModelError(f"{path}: missing, though {MANIFEST} names it. Reinstall the package.")
    _check_shipped(name, files)
    return list(files.values())


def fetch(name: str) -> ModelSet:
    """Download a Stanza set into the user's model folder. The only code of the package that uses the network.

    Raises ModelError when the set is shipped anyway, or the download fails.
    """
    entry = _entry(name)
    if entry.source == "shipped":
        raise ModelError(f"{name!r} ships with the package; there is nothing to fetch. `peristiwa models verify {name}`.")
    import stanza

    try:
        stanza.download(
            entry.language,
            model_dir=str(cache_folder()),
            package=entry.package,
            processors=",".join(entry.processors),
            verbose=False,
        )
    except Exception as error:  # requests, urllib3, hub and Stanza errors share no root
        raise ModelError(
            f"{name!r} could not be downloaded from Stanza's model hub ({type(error).__name__}: {error}). "
            f"Fetching needs the network: try again with a connection, or copy the folder {cache_folder()} "
            "from a machine that has it."
        ) from error
    return locate(name)


def cache_folder() -> Path:
    """Where fetched models lie: ``$PERISTIWA_MODELS``, or ``~/.cache/peristiwa/stanza``."""
    own = os.environ.get("PERISTIWA_MODELS")
    return Path(own).expanduser() if own else Path.home() / ".cache" / "peristiwa" / "stanza"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder of shipped weights. Raises ModelError."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: the manifest of the models cannot be read ({error}). Reinstall the package.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ModelError(f"{path}: not a manifest of models. Reinstall the package.")
    return manifest


def digest(path: Path, algorithm: str = "sha256") -> str:
    """The hexadecimal sum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _entry(name: str) -> ModelEntry:
    entries = read_entries()
    if name not in entries:
        raise ModelError(f"no models for {name!r} in {config_path('models.yaml')}; known are {', '.join(entries)}.")
    return entries[name]


def _check_shipped(name: str, paths: dict[str, Path]) -> None:
    folder = next(iter(paths.values())).parent
    files = read_manifest(folder)["files"]
    for path in paths.values():
        if path.name not in files:
            raise ModelError(f"{path}: not in {folder / MANIFEST}. Reinstall the package.")
        if digest(path) != files[path.name]["sha256"]:
            raise ModelError(
                f"{path}: damaged or replaced (its sha256 is not the one of {MANIFEST}), so {name!r} is not loaded. "
                "Reinstall the package; a model of your own belongs in an entry and a manifest of its own."
            )


def _stanza_resources(name: str, entry: ModelEntry) -> dict[str, Any]:
    """What Stanza's own list of packages says about the entry's language."""
    path = cache_folder() / "resources.json"
    try:
        resources = json.loads(path.read_text(encoding="utf8"))[entry.language]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{path}: Stanza's models for {name!r} are not here. Run `peristiwa models fetch {name}` once, with a network."
        ) from error
    assert isinstance(resources, dict)
    return resources


def _stanza_files(name: str, entry: ModelEntry) -> dict[str, Path]:
    resources = _stanza_resources(name, entry)
    chosen = resources.get("packages", {}).get(entry.package, {})
    paths: dict[str, Path] = {}
    for processor in entry.processors:
        package = chosen.get(processor)
        if package is None or package == "identity":
            continue  # a package without this processor, e.g. mwt for a language that has no multi-word tokens
        paths[processor] = cache_folder() / entry.language / processor / f"{package}.pt"
        for needed in resources.get(processor, {}).get(package, {}).get("dependencies", ()):
            if needed["model"] in DEPENDENCIES:
                file = cache_folder() / entry.language / needed["model"] / f"{needed['package']}.pt"
                paths.setdefault(needed["model"], file)
    for path in paths.values():
        if not path.is_file():
            raise ModelError(f"{path}: missing. Run `peristiwa models fetch {name}` once, with a network.")
    if "tokenize" not in paths:
        raise ModelError(f"Stanza has no package {entry.package!r} for {entry.language!r}; see config/models.yaml.")
    return paths


def _stanza_sums(name: str, entry: ModelEntry, paths: Iterable[Path]) -> list[tuple[Path, str]]:
    resources = _stanza_resources(name, entry)
    sums = []
    for path in paths:
        expected = resources.get(path.parent.name, {}).get(path.stem, {}).get("md5")
        if expected:
            sums.append((path, expected))
    return sums
