"""Inputs and results on any path that fsspec knows (s3://, gs://, file:// …): copied here, run, and put back.

The copies lie in the system's folder for temporary files and save time when a run goes on; nothing depends on them. What
is done is at the URL, part by part, so that a run may go on from another machine.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from peristiwa.batch.lines import FILES
from peristiwa.batch.plan import WORK, Plan
from peristiwa.emit import replacing, writing
from peristiwa.errors import UsageError

AT_ONCE = 1000
"""Files that are asked for together; fsspec fetches them in parallel."""

_EXTRA = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs"}


def is_url(name: str) -> bool:
    """Whether a name is for fsspec rather than for the operating system."""
    return "://" in name


def open_fs(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it. Raises UsageError when there is none for it."""
    import fsspec

    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        package = _EXTRA.get(url.partition("://")[0])
        raise UsageError(f"{url}: {error}." + (f" Install it: pip install {package}" if package else "")) from error


def put(source: Path, target: str) -> None:
    """Copy a file to a path or URL, where it appears as a whole. Raises OSError."""
    if not is_url(target) or target.startswith(("file://", "local://")):
        path = Path(open_fs(target)[1])
        if not path.parent.is_dir():
            raise FileNotFoundError(2, "no such folder", str(path.parent))
        with replacing(path) as temporary:
            shutil.copyfile(source, temporary)
        return
    system, place = open_fs(target)
    system.put_file(str(source), place)


def workspace(url: str) -> Path:
    """The folder of this machine for the copies of a run."""
    name = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()).resolve() / f"peristiwa-{getpass.getuser()}" / name


def fetch_inputs(inputs: Sequence[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """Local names for ``inputs``, URLs among them copied into ``folder``; and what URL each such copy stands for.

    A URL is a file, a folder, or a pattern such as ``s3://bucket/news/2023-*.parquet``. What was copied before and is
    still the same there is not copied again. Raises UsageError when nothing is there.
    """
    names: list[str] = []
    shown: dict[str, str] = {}
    for number, name in enumerate(inputs):
        if not is_url(name):
            names.append(name)
            continue
        system, root = open_fs(name)
        base, found = _found(system, root)
        if not found:
            raise UsageError(f"no such file or folder: {name}.")
        target = folder / str(number)
        _sync(system, base, found, target)
        names.append(str(target))
        shown[str(target)] = str(system.unstrip_protocol(base)).rstrip("/")
    return names, shown


def _found(system: Any, root: str) -> tuple[str, dict[str, Any]]:
    """The folder that all files of ``root`` are in, and the files with what the system knows of them."""
    system.invalidate_cache()
    if any(sign in root for sign in "*?["):
        base = PurePosixPath(*_before_pattern(PurePosixPath(root).parts))
        found = {path: info for path, info in system.glob(root, detail=True).items() if info["type"] == "file"}
        return str(base), found
    if system.isfile(root):
        return str(PurePosixPath(root).parent), {root: system.info(root)}
    return root.rstrip("/"), system.find(root, detail=True) if system.exists(root) else {}


def _before_pattern(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        if any(sign in part for sign in "*?["):
            return
        yield part


def _sync(system: Any, base: str, found: Mapping[str, Any], target: Path) -> None:
    """Make the folder ``target`` hold the files of ``found`` and no others."""
    index = target.with_suffix(".json")
    target.mkdir(parents=True, exist_ok=True)
    known: dict[str, str] = json.loads(index.read_text(encoding="utf8")) if index.exists() else {}
    now = {_relative(path, base): (path, repr(sorted(info.items()))) for path, info in found.items()}
    for name in [name for name in known if name not in now]:
        (target / name).unlink(missing_ok=True)
        del known[name]
    missing = [name for name, (_, mark) in now.items() if known.get(name) != mark or not (target / name).exists()]
    for first in range(0, len(missing), AT_ONCE):
        part = missing[first : first + AT_ONCE]
        for name in part:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
        system.get([now[name][0] for name in part], [str(target / name) for name in part])
        known.update({name: now[name][1] for name in part})
        with writing(index) as out:
            out.write(json.dumps(known))


def _relative(path: str, base: str) -> str:
    name = path.removeprefix(base).lstrip("/")
    if ".." in PurePosixPath(name).parts:
        raise UsageError(f"{path}: a name with '..' in it is not read.")
    return name


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A run's folder at ``url`` and its copy ``local``."""

    url: str
    local: Path

    def shards(self) -> str:
        """Where the parts of shards go."""
        return f"{self.url.rstrip('/')}/{WORK}/shards"

    def pull(self) -> None:
        """Make the copy what the folder is. Raises UsageError when the folder holds something else than a run."""
        system, root = open_fs(self.url)
        system.invalidate_cache()
        found = system.find(root) if system.exists(root) else []
        names = [_relative(path, root) for path in found]
        if names and not any(name == "annotations.jsonl" or name.startswith(f"{WORK}/") for name in names):
            raise UsageError(f"{self.url}: holds files that are no run's. Name an empty or new folder.")
        if f"{WORK}/plan.json" not in names:
            shutil.rmtree(self.local, ignore_errors=True)
            return
        if self._same_plan(system, root):
            names = [name for name in names if not (self.local / name).exists() and not name.endswith("plan.json")]
        else:
            shutil.rmtree(self.local, ignore_errors=True)
        done = {name.removesuffix(".done") for name in names if name.endswith(".done")}
        wanted = [name for name in names if not _is_part(name) or name.rpartition("/")[2].partition(".")[0] in _stems(done)]
        for name in sorted(wanted, key=lambda name: name.endswith((".done", "plan.json", "manifest.json"))):
            self._get(system, root, name)

    def _same_plan(self, system: Any, root: str) -> bool:
        here = self.local / WORK / "plan.json"
        return here.exists() and bool(system.cat_file(f"{root}/{WORK}/plan.json") == here.read_bytes())

    def _get(self, system: Any, root: str, name: str) -> None:
        with replacing(self.local / name) as temporary:
            system.get_file(f"{root}/{name}", str(temporary))

    def open(self, plan: Plan) -> None:
        """Put a new plan there, plan.json last."""
        system, root = open_fs(self.url)
        if system.exists(f"{root}/{WORK}/plan.json") and self._same_plan(system, root):
            return
        if system.exists(f"{root}/{WORK}"):
            system.rm(f"{root}/{WORK}", recursive=True)
        tasks = sorted((plan.work / "shards").glob("*.tasks.jsonl"))
        files = [*tasks, plan.work / "inputs.jsonl"]
        system.makedirs(f"{root}/{WORK}/shards", exist_ok=True)
        system.put([str(path) for path in files], [f"{root}/{path.relative_to(plan.folder).as_posix()}" for path in files])
        put(plan.work / "plan.json", f"{self.url.rstrip('/')}/{WORK}/plan.json")

    def land(self, plan: Plan, shard: int) -> None:
        """Bring a finished shard's parts here, its mark last."""
        system, root = open_fs(self.url)
        for name in (*FILES, "done"):
            self._get(system, root, plan.part(shard, name).relative_to(plan.folder).as_posix())

    def is_finished(self) -> bool:
        """Whether all is there; the parts go last."""
        system, root = open_fs(self.url)
        system.invalidate_cache()
        return bool(system.exists(f"{root}/manifest.json") and not system.exists(f"{root}/{WORK}/shards"))

    def push(self) -> None:
        """Put the finished files there, the manifest last, and remove the parts."""
        system, root = open_fs(self.url)
        system.invalidate_cache()
        if system.exists(f"{root}/manifest.json"):
            system.rm(f"{root}/manifest.json")
        files = sorted(path for path in self.local.iterdir() if path.is_file() and not path.name.startswith("."))
        for path in sorted(files, key=lambda path: path.name == "manifest.json"):
            put(path, f"{self.url.rstrip('/')}/{path.name}")
        if system.exists(f"{root}/{WORK}/shards"):
            system.rm(f"{root}/{WORK}/shards", recursive=True)


def _is_part(name: str) -> bool:
    return name.startswith(f"{WORK}/shards/") and name.endswith(tuple(f".{part}" for part in (*FILES, "done")))


def _stems(names: set[str]) -> set[str]:
    return {name.rpartition("/")[2] for name in names}
