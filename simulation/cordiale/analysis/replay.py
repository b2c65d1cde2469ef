"""The story of one world of a study, run again from the study's own design, also where it was kept out."""

from __future__ import annotations

from collections.abc import Collection

from cordiale.analysis.story import Happening, telling
from cordiale.blocks import fault_of
from cordiale.errors import OptionError, UserError, did_you_mean
from cordiale.models.block import Behaviour
from cordiale.restored import plan_of, read_design
from cordiale.study import Study

FAILURE = "failure"


def replay(
    study: Study,
    world: int,
    scenario: str | None = None,
    *,
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> list[Happening]:
    """Return what happens in a world of a study; where a behaviour fails, that is what happens last.

    Parameters
    ----------
    scenario : the first one where None
    behaviour, allow : as in `cordiale.run`

    Raises
    ------
    OptionError for a world or scenario that the study does not have
    """
    plan = plan_of(study.folder, read_design(study.folder), behaviour, allow)
    total = plan.scenarios[0].worlds
    if not 0 <= world < total:
        raise OptionError(f"--world {world}: the study has worlds 0 to {total - 1}")
    names = {each.name: each for each in plan.scenarios}
    name = scenario or study.scenarios[0]
    if name not in names:
        raise OptionError(f"the study has no scenario '{name}'{did_you_mean(name, names)}")
    found: list[Happening] = []
    try:
        for happening in telling(plan, names[name], world):
            found.append(happening)
    except Exception as error:
        if isinstance(error, UserError) or not plan.foreign:
            raise
        last = found[-1].quarter
        found.append(Happening(last, FAILURE, (), f"After this a behaviour fails: {fault_of(error)}"))
    return found
