"""What several families of models share, so that a policy can be asked under each of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cordiale.case.fields import Names
from cordiale.files.errors import OptionError, named_in, short
from cordiale.models.base import Family, family_of
from cordiale.models.measures import known_measures, no_measure, single
from cordiale.scenario.load import Scenario


def shared_measures(families: Sequence[Family], names: Names) -> list[str]:
    """Return the measures that mean the same in all families, without entities, for a pack."""
    kinds = [{name: measure.kind for name, measure in family.measures.items()} for family in families]
    first, *others = kinds
    same = {name for name, kind in first.items() if all(other.get(name) == kind for other in others)}
    return [each for each in known_measures(families[0], names) if _head(families[0], each) in same]


def _head(family: Family, name: str) -> str:
    head, _, _ = name.partition(".")
    return name if name in family.measures else head + "."


def asked_of(scenario: Scenario, families: Sequence[Family], measures: Sequence[str]) -> list[str]:
    """Return what is compared, each of one entity: as asked; else all that families share of the focus and its states.

    Raises
    ------
    OptionError where a measure is not shared, or nothing is
    """
    names, focus = scenario.names, scenario.loaded.pack.case.focus
    shared, own = shared_measures(families, names), " and ".join(each.name for each in families)
    if not shared:
        raise OptionError(f"the models {own} share no measure")
    if not measures:
        kinds = {name: families[0].measure(name).entity for name in shared}
        entities = {"dyad": [focus], "state": focus.split("-"), "system": ["all"]}
        order = sorted(shared, key=lambda name: (kinds[name] != "dyad", "." in name))  # first of the focus, and whole
        return [f"{name}:{each}" for name in order for each in entities.get(kinds[name], [])]
    texts = []
    for text in measures:
        with named_in("--measure", text):
            name = text.partition(":")[0]
            if name not in shared:
                here = [each.name for each in families if name in known_measures(each, names)]
                if not here:
                    raise no_measure(name, shared)
                few = ", ".join(dict.fromkeys(each.partition(".")[0] for each in shared))
                raise OptionError(f"it is no measure that the models {own} share: these are {few}")
        found_one = single(text, names, families[0])
        texts.append(f"{found_one.name}:{found_one.entities[0]}")
    return list(dict.fromkeys(texts))


def families_of(models: Sequence[str], allow: Collection[str] = (), least: int = 2) -> list[Family]:
    """Return families by name; OptionError where one is none or stands twice, or where they are too few."""
    with named_in("--models", ",".join(models)):
        found = [family_of(name, allow) for name in models]
        twice = [name for at, name in enumerate(models) if name in models[:at]]
        if twice:
            raise OptionError(f"{short(twice[0])} is named twice")
        if len(found) < least:
            raise OptionError("name two models or more, with commas between them")
    return found
