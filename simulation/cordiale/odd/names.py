"""What the document must name: everything that the model or the pack has, each in the table of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from cordiale.fields import FIELDS
from cordiale.loaded_pack import LoadedPack
from cordiale.measures.catalogue import MEASURES
from cordiale.odd.rows import measure_name
from cordiale.world import World

# Heading of the table in which each kind stands.
TABLES = {
    "state variable": "State variables", "field": "Parameters", "state": "The states", "issue": "Issues",
    "domain": "Domains of practice", "agreement": "Agreements", "format": "Formats", "theatre": "Theatres and hazards",
    "hazard": "Theatres and hazards", "measure": "Measures", "class of ties": "Classes of ties", "lever": "Levers",
    "weight": "Annex A",
}  # fmt: skip


def wanted(loaded: LoadedPack) -> dict[str, list[str]]:
    """Return kind -> names that an ODD of the model and this pack must have."""
    case = loaded.pack.case
    return {
        "state variable": [each.name for each in fields(World)],
        "field": list(FIELDS),
        "state": list(case.states),
        "issue": list(case.issues),
        "domain": list(case.domains),
        "agreement": list(case.agreements),
        "format": list(case.formats),
        "theatre": list(case.theatres),
        "hazard": list(case.hazards),
        "measure": [measure_name(kind) for kind in MEASURES],
        "class of ties": list(loaded.pack.ties.classes),
        "lever": list(case.levers),
        "weight": list(loaded.pack.weights),
    }


def lacking(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what a document does not have in a row of the table of its kind: "field ideal"."""
    return [
        f"{kind} {name}"
        for kind, known in names.items()
        for name in known
        if f"| `{name}` |" not in _under(text, TABLES[kind])
    ]


def _under(text: str, heading: str) -> str:
    """Return what stands under the heading that begins so, up to the next heading."""
    lines, inside = [], False
    for line in text.splitlines():
        if line.startswith("#"):
            inside = line.lstrip("#").strip().startswith(heading)
        elif inside:
            lines.append(line)
    return "\n".join(lines)
