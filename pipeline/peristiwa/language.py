"""A language is a file: config/languages/<code>.yaml, one section per stage that needs knowledge of the language.

Each stage validates its own section (dates, entities, quantities, events); this module only finds and reads the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from peristiwa.errors import SettingsError
from peristiwa.settings import config_folder, read_yaml


@dataclass(frozen=True, eq=False)
class Language:
    """One language's knowledge; ``sections`` maps a stage's name to its raw content.

    Compared and hashed by identity, so that it can key the caches of compiled grammars.
    """

    code: str
    path: Path
    sections: dict[str, Any]

    def section(self, name: str) -> Any:
        """The raw content of one section, empty if the file has none (a language may lack a stage's knowledge)."""
        return self.sections.get(name) or {}


@lru_cache(maxsize=8)
def primary(tag: str) -> str:
    """The language of a tag: "id-ID" (BCP 47) and "id_ID" are Indonesian, as is "in", its code until 1989."""
    code = tag.replace("_", "-").partition("-")[0].lower()
    return {"in": "id", "ind": "id"}.get(code, code)


def load_language(code: str) -> Language:
    """The language of ``config/languages/<code>.yaml``. Raises SettingsError listing the known codes."""
    folder = config_folder() / "languages"
    path = folder / f"{code}.yaml"
    known = sorted(p.stem for p in folder.glob("*.yaml"))
    if code not in known:
        raise SettingsError(f"language {code!r} is not known here; known are {', '.join(known)} ({folder}).")
    sections = read_yaml(path)
    if not isinstance(sections, dict):
        raise SettingsError(f"{path}: expected a mapping of sections.")
    return Language(code, path, sections)
