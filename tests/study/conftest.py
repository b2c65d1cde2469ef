from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cordiale


@pytest.fixture
def copied(study: cordiale.Study, tmp_path: Path) -> Path:
    """The study of a test's file, elsewhere."""
    return Path(shutil.copytree(study.folder, tmp_path / "copied"))
