"""One rooted tree of errors. Each message says what went wrong, where, and what to do about it."""

from __future__ import annotations


class PeristiwaError(Exception):
    """Root of all errors that the package raises on purpose; the command line prints them without a traceback."""


class UsageError(PeristiwaError):
    """The caller asked for something that does not exist or contradicts itself."""


class SettingsError(PeristiwaError):
    """A configuration, language, ontology or gazetteer file is wrong."""


class ModelError(PeristiwaError):
    """A model is missing, damaged, or cannot be fetched."""


class InputError(PeristiwaError):
    """A document or table cannot be read; it costs that document, not the run."""


class ColumnError(InputError):
    """The columns of a table are such that nothing in it can be read."""


class GoldError(PeristiwaError):
    """An annotation file (brat, CoNLL-U, BIO, TimeML, JSON lines) is malformed."""
