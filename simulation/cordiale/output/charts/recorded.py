"""What charts read of a study, and the error that says which measure to record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cordiale.case.quarters import to_index
from cordiale.files.errors import OptionError, did_you_mean, named_in
from cordiale.study.study import Study

Array = NDArray[np.float64]


class NotRecorded(OptionError):
    """The study lacks what a chart is drawn from; the text names the measure and the key to add it to."""


def need(study: Study, chart: str, measure: str, *entities: str) -> None:
    """Raise NotRecorded unless each scenario records a measure, of these entities where given."""
    for scenario in study.scenarios:
        recorded = study.measures(scenario)
        for text in [f"{measure}:{entity}" for entity in entities] or [measure]:
            _, _, entity = text.partition(":")
            if measure not in recorded or (entity and entity not in recorded[measure]):
                hint = "" if measure in recorded else did_you_mean(measure, recorded)
                raise NotRecorded(
                    f"the chart '{chart}' needs '{text}', which scenario '{scenario}' does not record: "
                    f"add it to `measures` in the scenario's file{hint}"
                )


def one_of(study: Study, chart: str, measure: str | None) -> tuple[str, str]:
    """Return measure and entity as recorded, for a chart of one series over quarters.

    Parameters
    ----------
    measure : "trust:FRA-JPN", a dyad in either order; of the case's focus where there is no entity, and the
        headline of the study's model where None

    Raises
    ------
    OptionError for an unknown measure or one of the last quarter only; NotRecorded
    """
    name, _, entity = (measure or study.headline).partition(":")
    with named_in("--measure", name):
        kind = study.measure(name)
    if kind.last_only:
        raise OptionError(f"the chart '{chart}' is over quarters, and '{name}' is read in the last quarter only")
    need(study, chart, name)
    every = [study.measures(scenario)[name] for scenario in study.scenarios]
    if not entity:
        return name, in_focus(study, [each for each in every[0] if all(each in other for other in every)] or every[0])
    with named_in("--measure", f"{name}:{entity}"):
        entity = study.single(f"{name}:{entity}")[1]
    need(study, chart, name, entity)
    return name, entity


def in_focus(study: Study, entities: Sequence[str]) -> str:
    """Return which of some entities a chart begins with: the case's focus, else one of a state in it, else the first.

    Of directed dyads it is the first of the focus' states toward the second, of states the first.
    """
    one, other = str(study.manifest["focus"]).split("-")
    wished = [each for each in (f"{one}-{other}", f"{one}>{other}", one, other) if each in entities]
    near = [each for each in entities if {one, other} & {*states([each])}]
    return [*wished, *near, *entities][0]


def quarters(study: Study, scenario: str) -> NDArray[np.int64]:
    """Return the running numbers of a scenario's quarters."""
    return np.array([to_index(quarter) for quarter in study.quarters(scenario)])


def states(entities: Sequence[str]) -> list[str]:
    """Return the states of dyads or directed dyads in the order in which they appear."""
    return list(dict.fromkeys(code for entity in entities for code in entity.replace(">", "-").split("-")))


def all_dyads(study: Study, chart: str, measure: str) -> list[str]:
    """Return the states that a dyadic measure covers; NotRecorded unless every pair of them is there."""
    need(study, chart, measure)
    codes = states(study.measures()[measure])
    pairs = len(codes) * (len(codes) - 1) // 2
    for scenario in study.scenarios:
        if len(study.measures(scenario)[measure]) != pairs:
            raise NotRecorded(
                f"the chart '{chart}' needs '{measure}' of all dyads, which scenario '{scenario}' "
                f"does not record: add '{measure}', without an entity, to `measures` in the scenario's file"
            )
    return codes


def matrix(values: Array, entities: Sequence[str], codes: Sequence[str]) -> Array:
    """Return a value a dyad as a symmetric (N, N), NaN on the diagonal."""
    place = {code: i for i, code in enumerate(codes)}
    square = np.full((len(codes), len(codes)), np.nan)
    for value, entity in zip(values, entities, strict=True):
        one, other = (place[code] for code in entity.split("-"))
        square[one, other] = square[other, one] = value
    return square
