"""The extras: packages that only some commands need, and what to type where one is missing.

The message names the packages, not cordiale with its extra: cordiale comes from a clone or a wheel file whose
path is not known here, and by its name alone pip would look for it elsewhere.
"""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec

from cordiale.files.errors import OptionError, shown

EXTRAS = {
    "sensitivity": ("SALib>=1.6,<2",),
    "discover": ("ema_workbench>=2.5,<3",),
    "page": ("starlette>=0.40", "uvicorn>=0.30", "segno>=1.6"),
    "print": ("typst>=0.15,<1",),
    "odd": ("typst>=0.15,<1", "pypandoc_binary>=1.13"),
    "cluster": ("distributed>=2024.8", "universal_pathlib>=0.2.6"),
}  # as in pyproject.toml, which tests/test_install.py holds


def require(module: str, extra: str, what: str) -> None:
    """Check that a module of an extra can be imported, before work begins that would need it later.

    Parameters
    ----------
    module : its name, as it is imported
    extra : one of EXTRAS
    what : what needs it, the beginning of the message

    Raises
    ------
    OptionError with the command that installs the packages of the extra
    """
    if find_spec(module) is None:
        raise OptionError(f"{what} needs packages that are not installed; type: {install(extra)}")


def install(extra: str) -> str:
    """Return the command that installs the packages of an extra."""
    packages = " ".join(f'"{package}"' for package in EXTRAS[extra])
    return f"{shlex.quote(shown(sys.executable))} -m pip install {packages}"
