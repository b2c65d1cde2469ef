"""The texts on charts: subjects, units, scenarios, and where the figures come from."""

from __future__ import annotations

import re

from cordiale.models.measures import sentence_case
from cordiale.models.units import extent_of
from cordiale.study.study import Study

# Between a measure and whom it is of, where " of " does not read well.
_LINKS = {
    "practice": ", of ", "similarity": " of ", "pressure": " on ", "hedging": ": ", "ladder": ": ",
    "position.": ", of ", "practice.": ", of ", "position_gap.": ", of ", "agreement.": ": ", "member.": ": ",
    "events.": ", ", "talks": ": ", "talks.": ": ", "signed": ": ", "signed.": ": ", "ruptures": ": ",
    "same_bloc": ": ", "pressure.": " on ", "coercion.": " against "
}  # fmt: skip


def state(study: Study, code: str) -> str:
    """Return a state's name, its code where the manifest gives none."""
    return plain(study.manifest.get("names", {}).get(code, code))


def label(study: Study, kind: str, name: str) -> str:
    """Return the label of an issue, a domain, an agreement, a format or a kind of event; "admm plus" where none is.

    A challenger's label is the state's name.
    """
    if kind == "challenger":
        return state(study, name)
    return plain(study.manifest.get("labels", {}).get(kind, {}).get(name, name.replace("_", " ")))


def entity_name(study: Study, entity: str, joint: str = "–") -> str:
    """Return "France–Japan" for a dyad, "France, as Japan sees it" for JPN>FRA, or a state's name."""
    if ">" in entity:
        observer, partner = entity.split(">")
        return f"{state(study, partner)}, as {state(study, observer)} sees it"
    return joint.join(state(study, code) for code in entity.split("-"))


def quantity(study: Study, measure: str) -> str:
    """Return what a measure means, with its part's label: "practice: Maritime exercises and patrols"."""
    kind, part = study.measure(measure), measure.partition(".")[2]
    return kind.named(label(study, kind.of, part) if kind.of else "")


def subject(study: Study, measure: str, entity: str) -> str:
    """Return a chart's title: "Alignment of France and Japan"."""
    head, dot, _ = measure.partition(".")
    if study.measure(measure).entity == "system":
        return sentence_case(quantity(study, measure))
    link = ": " if ">" in entity else _LINKS.get(head + dot, " of ")
    return sentence_case(quantity(study, measure) + link + entity_name(study, entity, " and "))


def axis(study: Study, measure: str, *, change: bool = False) -> str:
    """Return an axis' label with the measure's unit."""
    unit = study.measure(measure).unit
    return f"{quantity(study, measure)}, {points(unit) if change else unit}"


def points(unit: str) -> str:
    """Return the unit of a change: "points of 0 to 1"."""
    return f"points of {unit}" if unit in ("0 to 1", "-1 to 1") else unit


def extent(study: Study, measure: str) -> tuple[float, float] | None:
    """Return the range that a measure's unit states, None where it states none."""
    return extent_of(study.measure(measure).unit)


def scenario_title(study: Study, scenario: str) -> str:
    """Return a scenario's title on one line."""
    return plain(study.title(scenario))


def plain(text: str) -> str:
    """Return a text from a file on one line, without control characters, which SVG cannot hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


def short_citation(citation: str) -> str:
    """Return "Pajon 2018" of "Céline Pajon, A New ..., November 2018"; the citation without a year."""
    years = re.findall(r"\b(?:1[89]|20)\d\d\b", citation)
    authors = [part.split()[-1] for part in re.split(r" and | & ", citation.split(",")[0]) if part.strip()]
    return plain(f"{' and '.join(authors)} {years[-1]}" if years and authors else citation)


def focus_first(study: Study) -> str:
    """Return the state that the case's focus names first, whose costs count; of the dyad the first in older studies."""
    return str(study.manifest.get("focus_first") or str(study.manifest["focus"]).split("-")[0])


def without(study: Study) -> list[str]:
    """Return who takes no part at the horizon of each scenario: nothing happens there, and numbers stay as they are."""
    names = [each["name"] for each in study.manifest.get("scenarios", ())]  # a sweep's cells have none
    found = {name: study.outside_at_end(name) for name in names}
    return [
        f"no part at the horizon of “{scenario_title(study, name)}”: {', '.join(state(study, code) for code in codes)}"
        for name, codes in found.items()
        if codes
    ]
