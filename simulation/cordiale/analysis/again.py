"""Run a sealed forecast again: whoever altered its chances, and made its seal anew, is found by other chances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cordiale.analysis.forecast import Progress, forecast_of, order_of
from cordiale.analysis.panel import panel
from cordiale.analysis.sealed import MODEL, Forecast
from cordiale.files.errors import OptionError, StudyError, shown

NAMED = 3  # questions that a message names


def check_again(
    sealed: Forecast, path: str | Path, questions: str | Path | None, *, pack: str | Path | None = None,
    jobs: int | None = None, progress: Progress | None = None,
) -> None:  # fmt: skip
    """Run a sealed forecast again, the model alone; StudyError where it gives other chances.

    Parameters
    ----------
    path : of its file, for the message
    questions : the file that was forecast; none of a panel
    """
    about = sealed.about
    how: dict[str, Any] = {"worlds": about.worlds, "seed": about.seed, "pack": pack or about.pack}
    if about.panel is not None:
        found = panel(*about.panel, jobs=jobs, progress=progress, **how)
    elif questions is None:
        raise OptionError("--again: name the file of questions after the forecast")
    else:
        how |= {"set": about.set, "placebos": 0}
        order = order_of(questions, about.scenario, **how)
        if order.scenario.family.name != about.model:
            order = order_of(questions, about.scenario, model=about.model, **how)
        found = forecast_of(order, jobs=jobs, progress=progress)
    now = {each.id: each.chances.get(MODEL) for each in found.foretold}
    apart = [each for each in sealed.foretold if now.get(each.id) != each.chances.get(MODEL)]
    if apart:
        named = ", ".join(each.id for each in apart[:NAMED])
        same = about.design == found.about.design
        why = "so that it was altered" if same else "but it was made by another version of program, pack or scenario"
        raise StudyError(f"{shown(path)}: run again, {len(apart)} chances are others ({named}), {why}")
