"""What keeps a worker process from harming the run: a limit of memory, one share of the cores, and an end with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from peristiwa.errors import UsageError

GIGABYTE = 1 << 30
LEAST_MEMORY = 4.0
"""Gigabytes of address space within which the models load and work."""
LEAST_ROOM = 0.2
"""Gigabytes of address space that reading a batch takes beside the models."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_for(workers: int, chosen: int | None) -> int:
    """Threads of each of ``workers``, so that all of them together use every core once; OMP_NUM_THREADS may ask for fewer."""
    if chosen:
        return chosen
    share = max(cores() // max(workers, 1), 1)
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(share, int(asked)) if asked.isdecimal() and int(asked) else share


def limit_memory(gigabytes: float | None) -> None:
    """Let this process have ``gigabytes`` of address space and no more; None leaves it as it is.

    Beyond the limit an allocation fails, which costs a document, where without one the system would end some process.
    Raises UsageError where no document could be read: what this process has loaded leaves no room.
    """
    if gigabytes is None:
        return
    needed = _address_space() + LEAST_ROOM
    if gigabytes < needed:
        raise UsageError(
            f"--memory {gigabytes:g}: too little; the models and a short text take {needed:.1f} gigabytes of address space. "
            f"Give at least {LEAST_MEMORY:g}, so that long texts have room, or leave it out."
        )
    try:
        import resource
    except ImportError:  # Windows
        return
    most = int(gigabytes * GIGABYTE)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    with suppress(ValueError, OSError):  # macOS refuses any limit
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _address_space() -> float:
    """Gigabytes of address space that this process has; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") / GIGABYTE
    except (OSError, ValueError):  # no Linux
        return 0


def memory_for(workers: int) -> float | None:
    """Gigabytes of address space for each of ``workers`` where nobody chose: its share of the machine, at least 4."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    with suppress(OSError, ValueError):  # a container may have less than the machine
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return max(total / GIGABYTE / max(workers, 1), LEAST_MEMORY)


def set_threads(threads: int) -> None:
    """Let torch, where it is loaded, use ``threads`` threads."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)


def die_with_parent(parent: int) -> None:
    """End this process when process ``parent`` ends, however that ends, so that no orphan goes on writing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears of Ctrl-C and ends its workers
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)
