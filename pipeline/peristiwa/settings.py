"""What a user can set, validated at the door, and where the configuration files are."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from peristiwa.errors import SettingsError

T = TypeVar("T", bound=BaseModel)


def config_folder() -> Path:
    """The folder of configuration files: inside the installed package, or at the top of a checkout."""
    installed = Path(__file__).parent / "config"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "config"


def config_path(name: str) -> Path:
    """The path of one configuration file, e.g. ``languages/id.yaml``. Raises SettingsError if there is none."""
    path = config_folder() / name
    if not path.exists():
        raise SettingsError(
            f"{path}: no such configuration file. Check the name where it is given; what ships is in {config_folder()}."
        )
    return path


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key stands once: of two, PyYAML would keep the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there a second time", key.start_mark)
            seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def read_yaml(path: Path | str) -> Any:
    """The content of a YAML file. Raises SettingsError naming the file and the line."""
    try:
        return yaml.load(Path(path).read_bytes(), Loader=_Loader)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
    except yaml.MarkedYAMLError as error:
        raise SettingsError(f"{path}{_told(error)}") from error
    except yaml.YAMLError as error:  # a character that YAML forbids, bytes that are no text
        raise SettingsError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error


YAML_ADVICE = {
    "found character that cannot start": "Indent with spaces, not tabs; put text that begins with @, ` or % in quotes.",
    "found a tab character": "Indent with spaces.",
    "found undefined alias": "Put text that begins with * or & in quotes.",
    "mapping values are not allowed": "Put text with a colon and a space in it in quotes; one key a line.",
    "did not find expected": "Close what is opened there, and put keys of one level under each other.",
    "found unexpected end of stream": "Close the quote.",
}
"""What to do about an error of YAML, by how the parser's words for it begin."""


def _told(error: yaml.MarkedYAMLError) -> str:
    """Line, problem, where what is left open began, and what to do."""
    mark, began, problem = error.problem_mark, error.context_mark, " ".join((error.problem or "").split())
    line = f", line {mark.line + 1}" if mark else ""
    opened = f" {error.context} that begins in line {began.line + 1}:" if began and mark and began.line < mark.line else ""
    advice = next((advice for start, advice in YAML_ADVICE.items() if problem.startswith(start)), "")
    return f"{line}: not valid YAML:{opened} {problem}. {advice}".rstrip()


class Strict(BaseModel):
    """Base of everything that is read from YAML: unknown keys are errors, so that a typo is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def validate(model: type[T], data: Any, where: Path | str) -> T:
    """``data`` as a ``model``. Raises SettingsError that names the file, the key and the problem."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        known = ", ".join(field.alias or name for name, field in model.model_fields.items())
        lines = [f"  {'.'.join(map(str, e['loc'])) or '(top)'}: {_what_is_wrong(e['type'], e['msg'])}" for e in error.errors()]
        lines += [f"Known are {known}." for e in error.errors() if e["type"] == "extra_forbidden" and len(e["loc"]) == 1][:1]
        raise SettingsError(f"{where}: wrong settings\n" + "\n".join(lines)) from error


def _what_is_wrong(kind: str, told: str) -> str:
    """The words of pydantic, but where only those who know Python understand them."""
    return {"extra_forbidden": "there is no such key", "tuple_type": "give a list: [one, another]"}.get(kind, told)


class Settings(Strict):
    """The settings of a run; ``config/settings.yaml`` holds the defaults with a comment beside each."""

    language: str = "id"
    models: str | None = None
    ontology: str = "ontology/events.yaml"
    triggers: Literal["both", "rules", "model"] = "both"
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    formats: tuple[Literal["parquet", "csv", "brat", "datapackage"], ...] = ("parquet", "csv")
    batch_documents: int = Field(default=48, ge=1)
    batch_words: int = Field(default=6000, ge=100)
    threads: int | None = Field(default=None, ge=1)
    precision: Literal["auto", "full", "half"] = Field(default="auto", validate_default=True)
    window: int = Field(default=100_000, ge=5_000)
    workers: int = Field(default=1, ge=1)
    timeout: float | None = Field(default=600, gt=0)
    memory: float | None = Field(default=None, gt=0)
    max_failures: int | None = Field(default=None, ge=0)

    @field_validator("precision")
    @classmethod
    def _is_known(cls, precision: str) -> str:
        """What "auto" means here, so that manifests, and processes of other machines, are told."""
        return best_precision() if precision == "auto" else precision


def best_precision() -> str:
    """ "half" where the processor multiplies bfloat16 by itself, "full" elsewhere; PERISTIWA_PRECISION, if set, decides."""
    asked = os.environ.get("PERISTIWA_PRECISION", "")
    if asked in ("full", "half"):
        return asked
    try:
        processor = Path("/proc/cpuinfo").read_text()
    except OSError:  # no Linux
        return "full"
    return "half" if NATIVE_HALF.search(processor) else "full"


NATIVE_HALF = re.compile(r"\b(?:avx512_bf16|amx_bf16|bf16)\b")
"""What Linux calls such processors, of x86 and of ARM."""


OF_PROCESSES = frozenset({"workers", "timeout", "memory", "max_failures"})
"""Settings of the processes that do a run, not of what they do."""

HOW = OF_PROCESSES | {"batch_documents", "batch_words", "threads"}
"""Settings that say how a run is done; its results depend on the others."""


def result_settings(settings: Settings) -> dict[str, Any]:
    """The settings that results depend on."""
    return settings.model_dump(exclude=set(HOW))


def load_settings(path: Path | str | None = None) -> Settings:
    """The settings of ``path`` over the shipped defaults. Raises SettingsError."""
    data = read_yaml(config_path("settings.yaml")) or {}
    if path is not None:
        own = read_yaml(path)
        if own is None:  # an empty file
            own = {}
        if not isinstance(own, dict):
            raise SettingsError(f"{path}: expected a mapping of settings, found {type(own).__name__}.")
        data = {**data, **own}
    where = path or config_path("settings.yaml")
    settings = validate(Settings, data, where)
    tried = (Path(settings.ontology).absolute(), config_folder() / settings.ontology)  # in this order, as extract looks for it
    if not any(place.is_file() for place in tried):
        raise SettingsError(
            f"{where}: ontology: there is no file {settings.ontology!r}; tried {' and '.join(map(str, dict.fromkeys(tried)))}. "
            "Write its whole path, or the path from the folder in which you start peristiwa."
        )
    return settings


def settings_hash(settings: Settings) -> str:
    """A short fingerprint for manifests: equal settings, equal hash, whatever the number of workers."""
    text = json.dumps(settings.model_dump(exclude=set(OF_PROCESSES)), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
