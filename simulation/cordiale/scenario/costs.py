"""What a state's moves may cost it, as its pack names it: measures, and whether more or less of them is worse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from cordiale.case.fields import Names
from cordiale.case.load import LoadedPack
from cordiale.case.pack import Cost
from cordiale.files.errors import Faults, FileError, OptionError
from cordiale.models.base import Family
from cordiale.models.measures import Request, known_measures, single


@dataclass(frozen=True)
class LoadedCost:
    """A cost whose measures the family of models has.

    Attributes
    ----------
    name : in the state's file
    said : what the file says of it
    requests : its measures, each of one entity and all of one unit; the cost is their mean
    """

    name: str
    said: Cost
    requests: Mapping[str, Request]

    @property
    def unit(self) -> str:
        """The unit of its measures."""
        return next(iter(self.requests.values())).measure.unit

    @property
    def good(self) -> str:
        """Whether "more" or "less" of it is better."""
        return "less" if self.said.worse == "more" else "more"


def costs_of(state: str, loaded: LoadedPack, names: Names, family: Family) -> list[LoadedCost]:
    """Return the costs of a state, in the order of its file.

    Raises FileError, with all faults, where a measure does not fit the family of models.
    """
    faults, found = Faults(), []
    for name, cost in loaded.pack.states[state].costs.items():
        requests = faults.noted(partial(_requests, state, name, cost, loaded, names, family))
        if requests is not None:
            found.append(LoadedCost(name, cost, requests))
    faults.raise_any()
    return found


def measured_costs(state: str, loaded: LoadedPack, names: Names, family: Family) -> list[LoadedCost]:
    """Return the costs of a state, as `costs_of`; none of a family that has no measure of any of them."""
    known, named = known_measures(family, names), loaded.pack.states[state].costs.values()
    if not any(text.partition(":")[0] in known for cost in named for text in cost.measures):
        return []
    return costs_of(state, loaded, names, family)


def _requests(
    state: str, name: str, cost: Cost, loaded: LoadedPack, names: Names, family: Family
) -> dict[str, Request]:  # fmt: skip
    document, found = loaded.documents[state], dict[str, Request]()
    for index, text in enumerate(cost.measures):
        place = document.place(("costs", name, "measures", index))
        try:
            request = single(text, names, family)
        except OptionError as error:
            raise FileError(document.path, *place, str(error).partition(": ")[2]) from None
        unit = next(iter(found.values())).measure.unit if found else request.measure.unit
        if request.measure.unit != unit:
            message = (
                f"{text} is measured in '{request.measure.unit}', and {cost.measures[0]} in '{unit}': no mean of both"
            )
            raise FileError(document.path, *place, message)
        found[f"{request.name}:{request.entities[0]}"] = request
    return found
