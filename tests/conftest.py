from __future__ import annotations

import os
from pathlib import Path

import pytest

# What tests compare must not depend on the processor that they run on.
os.environ["PERISTIWA_PRECISION"] = "full"


@pytest.fixture
def write(tmp_path):
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
