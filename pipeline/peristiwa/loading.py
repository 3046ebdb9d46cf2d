"""The garbage collector at rest while models and tables load."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No collection inside; what was made there is never looked through again.

    What loads stays, and to look through it again and again takes a third of the time; in processes forked afterwards, the
    collector would write to the pages that they share.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
