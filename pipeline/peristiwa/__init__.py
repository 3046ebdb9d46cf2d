"""Peristiwa: Indonesian documents in, citable event records out.

>>> import peristiwa                                      # doctest: +SKIP
>>> record = peristiwa.load().extract("41 negara telah meratifikasi konvensi itu.")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peristiwa.extract import Extractor

try:
    __version__ = version("peristiwa")
except PackageNotFoundError:  # run from a source tree that was not installed
    __version__ = "0+unknown"

__all__ = ["__version__", "load"]


def load(language: str | None = None, config: Path | str | None = None) -> Extractor:
    """An Extractor for ``language`` (default: that of the settings); see ``peristiwa.extract``."""
    from peristiwa.extract import load as load_extractor

    return load_extractor(language, config)
