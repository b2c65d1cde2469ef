"""cordiale: a policy article about alliances as a computational model that can be trusted.

import cordiale
study = cordiale.run(["baseline", "france_joins_quad"], worlds=200)
print(study.frame("alignment:FRA-JPN").groupby(["scenario", "quarter"], observed=True)["value"].median())
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cordiale.analysis.sweep import sweep
    from cordiale.case.pack import Pack
    from cordiale.files.errors import CordialeError, FileError, OptionError, StudyError, StudyWarning, UserError
    from cordiale.models.diplomacy.kinds import Challenger, Hedger
    from cordiale.models.diplomacy.state import State
    from cordiale.scenario.load import Scenario, load_pack, load_scenario
    from cordiale.study.run import resume, run
    from cordiale.study.study import Study

_HOMES = {
    "analysis.sweep": ("sweep",),
    "case.pack": ("Pack",),
    "files.errors": ("CordialeError", "FileError", "OptionError", "StudyError", "StudyWarning", "UserError"),
    "models.diplomacy.kinds": ("Challenger", "Hedger"),
    "models.diplomacy.state": ("State",),
    "scenario.load": ("Scenario", "load_pack", "load_scenario"),
    "study.run": ("resume", "run"),
    "study.study": ("Study",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = [
    "Challenger", "CordialeError", "FileError", "Hedger", "OptionError", "Pack", "Scenario", "State", "Study",
    "StudyError", "StudyWarning", "UserError", "load_pack", "load_scenario", "resume", "run", "sweep",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import cordiale` is quick."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'cordiale' has no attribute '{name}'")
    value = getattr(import_module(f"cordiale.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
