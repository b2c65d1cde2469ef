from __future__ import annotations

from pathlib import Path

import pytest

import cordiale

from .files import SECRET


@pytest.fixture
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that nothing in the workshop may lead to."""
    path = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    path.write_text(SECRET, "utf-8")
    return path


@pytest.fixture
def study(workshop: Path) -> cordiale.Study:
    """A study in the workshop."""
    return cordiale.run("baseline", worlds=2, set={"horizon": "2019Q1"}, jobs=1, out=workshop / "study")
