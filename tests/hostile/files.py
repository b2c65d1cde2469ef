"""Files that the tests write into the workshop."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ..conftest import PACK

Refused = Callable[..., str]
SCENARIOS = Path("scenarios") / PACK
MINE = SCENARIOS / "mine.yaml"
HEAD = "title: Mine\nquestion: What happens?\nbasis: {locator: Limitations 1, says: a doubt}\n"
SECRET = "title: A secret\n"


def write(text: str, path: Path = MINE) -> Path:
    """Write a scenario with this text behind its head."""
    path.write_text(HEAD + text, "utf-8")
    return path


def spoilt_state(line: str, code: str = "JPN") -> None:
    """Put a line in place of a state's behaviour."""
    path = Path("agents") / PACK / f"{code}.yaml"
    path.write_text(re.sub("(?m)^behaviour: .*", line, path.read_text("utf-8")), "utf-8")
