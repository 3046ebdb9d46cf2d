"""Records to files: WRITERS by name, and the whole folder of a run."""

from peristiwa.emit.atomic import replacing, sweep, writing
from peristiwa.emit.lines import failure_line, read_failures
from peristiwa.emit.run import DEFAULT_FORMATS, WRITERS, Writer, finish_run, read_manifest, write_run
from peristiwa.emit.tables import TABLES, Groups

__all__ = [
    "DEFAULT_FORMATS",
    "TABLES",
    "WRITERS",
    "Groups",
    "Writer",
    "failure_line",
    "finish_run",
    "read_failures",
    "read_manifest",
    "replacing",
    "sweep",
    "write_run",
    "writing",
]
