"""The texts on charts: subjects, units, scenarios, and where the figures come from."""

from __future__ import annotations

import re

from cordiale.measures.catalogue import measure_of
from cordiale.study import Study


def state(study: Study, code: str) -> str:
    """Return a state's name where the manifest's `names` gives one, else its code."""
    return plain(study.manifest.get("names", {}).get(code, code))


def entity_name(study: Study, entity: str) -> str:
    """Return "France–Japan" for a dyad, "France, as Japan sees it" for JPN>FRA, or a state's name."""
    if ">" in entity:
        observer, partner = entity.split(">")
        return f"{state(study, partner)}, as {state(study, observer)} sees it"
    names = [state(study, code) for code in entity.split("-")]
    coded = all(name == code for name, code in zip(names, entity.split("-"), strict=True))
    return ("-" if coded else "–").join(names)


def quantity(measure: str) -> str:
    """Return what a measure means, with its part: "practice (maritime)"."""
    meaning, part = measure_of(measure).meaning, measure.partition(".")[2]
    return f"{meaning} ({part.replace('_', ' ')})" if part else meaning


def subject(study: Study, measure: str, entity: str) -> str:
    """Return a chart's title: "Alignment of FRA-JPN"."""
    text = f"{quantity(measure)} of {entity_name(study, entity)}"
    if ">" in entity:
        text = f"{quantity(measure)}: {entity_name(study, entity)}"
    return text[0].upper() + text[1:]


def axis(measure: str, *, change: bool = False) -> str:
    """Return an axis' label with the measure's unit."""
    unit = measure_of(measure).unit
    if change:
        unit = {"0 to 1": "points of 0 to 1", "-1 to 1": "points of -1 to 1"}.get(unit, unit)
    return f"{quantity(measure)}, {unit}"


def extent(measure: str) -> tuple[float, float] | None:
    """Return the range that a measure's unit states, None where it states none."""
    unit = measure_of(measure).unit
    if unit == "share of worlds":
        return 0.0, 1.0
    found = re.fullmatch(r"(-?\d+) to (-?\d+)", unit)
    return (float(found[1]), float(found[2])) if found else None


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


def source(study: Study, drawn: str = "") -> str:
    """Return the line at a chart's foot.

    Parameters
    ----------
    drawn : what the marks stand for: "bands: 50 and 90 % of worlds"
    """
    about = study.manifest
    parts = [
        f"cordiale {about['versions']['cordiale']}",
        f"pack {about['pack']} after {short_citation(about['article'])}",
        f"seed {about['seed']}",
        f"{study.worlds} worlds",
    ]
    return plain("; ".join([*parts, drawn] if drawn else parts))
