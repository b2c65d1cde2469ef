"""The audit of packages says what was asked, and does not take silence for health."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SOUND = {"name": "sound", "version": "1", "vulns": []}
WEAK = {"name": "weak", "version": "2", "vulns": [{"id": "CVE-0", "fix_versions": []}]}
SKIPPED = {"name": "unknown", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def audit(folder: Path, answer: list[dict[str, Any]] | None) -> subprocess.CompletedProcess[str]:
    """Run the audit with a pip-audit that gives an answer; None for one that reaches no service."""
    if answer is None:
        body = "raise SystemExit('ConnectionError: Name or service not known')"
    else:
        body = f"open(sys.argv[-1], 'w').write({json.dumps({'dependencies': answer})!r})"
    program = folder / "pip-audit"
    program.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", "utf-8")
    program.chmod(0o755)
    return subprocess.run([sys.executable, ROOT / ".ci" / "audit", program], capture_output=True, text=True)


def test_a_known_weakness_fails(tmp_path: Path) -> None:
    done = audit(tmp_path, [SOUND, WEAK])
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "audit: weak 2: CVE-0"


def test_what_could_not_be_looked_up_is_counted(tmp_path: Path) -> None:
    done = audit(tmp_path, [SOUND, SKIPPED])
    assert done.returncode == 0
    words = "audit: 1 packages looked up (pypi), 0 with known weaknesses; 1 could not be looked up"
    assert done.stdout.strip() == words


@pytest.mark.parametrize("answer", [None, [], [SKIPPED]])
def test_silence_is_told_and_does_not_fail(answer: list[dict[str, Any]] | None, tmp_path: Path) -> None:
    done = audit(tmp_path, answer)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("audit: NOT DONE")


def test_no_pip_audit_is_told(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / ".ci" / "audit", tmp_path / "none"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "cannot be run" in done.stdout
