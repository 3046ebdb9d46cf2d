"""Records to files: WRITERS by name, and the whole folder of a run."""

from peristiwa.emit.atomic import writing
from peristiwa.emit.lines import read_failures
from peristiwa.emit.run import DEFAULT_FORMATS, WRITERS, Writer, read_manifest, write_run
from peristiwa.emit.tables import TABLES, Groups

__all__ = ["DEFAULT_FORMATS", "TABLES", "WRITERS", "Groups", "Writer", "read_failures", "read_manifest", "write_run", "writing"]
