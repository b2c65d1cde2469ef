"""What `import cordiale` gives: a few names, quickly."""

from __future__ import annotations

import subprocess
import sys

import cordiale

HEAVY = ("mesa", "pandas", "matplotlib", "pyarrow", "scipy", "igraph")


def test_every_public_name_is_there_and_documented() -> None:
    for name in cordiale.__all__:
        assert getattr(cordiale, name).__doc__, name


def test_import_leaves_heavy_packages_until_they_are_used() -> None:
    code = f"import cordiale, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_attribute_errors() -> None:
    assert not hasattr(cordiale, "simulate")
