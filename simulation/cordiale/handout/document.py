"""The page: what the cells gave, set into one HTML file with its own style and script and nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from importlib.metadata import version
from typing import Any

from cordiale.analysis.described import label
from cordiale.analysis.limits import limits
from cordiale.handout.cells import SCREENED
from cordiale.handout.data import Result, data_of
from cordiale.handout.grid import Control, Grid
from cordiale.handout.questions import Question, Single, questions_of, singles_of
from cordiale.handout.told import signed, told
from cordiale.measures.alignment import PARTS
from cordiale.resolved import Scenario

MARK = "cordiale handout"  # by which --replace knows a handout


def html(result: Result) -> str:
    """Return the page; the same result gives the same bytes."""
    from jinja2 import Environment, StrictUndefined

    here = resources.files("cordiale.handout")
    template, style, script = (here.joinpath(f"handout.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["signed"] = signed
    singles = singles_of(result.grid, result.cells)
    questions = questions_of(result.grid, result.cells, singles, result.pair, result.quarters[-1])
    return environment.from_string(template).render(
        style=style, script=script, policy=_policy(style, script), data=embedded(data_of(result, questions)),
        **_texts(result, singles, questions),
    )  # fmt: skip


def _policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style and this script, by their hashes, and nothing else."""
    own = {"style-src": style, "script-src": script}
    hashes = {name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in own.items()}
    return "; ".join(["default-src 'none'", *(f"{name} 'sha256-{found}'" for name, found in hashes.items()),
                      "base-uri 'none'", "form-action 'none'"])  # fmt: skip


def embedded(data: dict[str, Any]) -> str:
    """Return data as JSON that no HTML parser can leave: without the signs that open tags and entities."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


# ---------------------------------------------------------------- what stands on the page


def _texts(result: Result, singles: Sequence[Single], questions: Sequence[Question]) -> dict[str, Any]:
    from cordiale.charts.words import short_citation

    grid, base = result.grid, result.grid.base
    pack = base.loaded.pack
    reach = max((abs(bound) for each in singles for bound in (each.found.low, each.found.high)), default=0.0) or 1.0
    return {
        "mark": f"{MARK} {version('cordiale')}", "title": f"What moves {result.pair} closer, or apart?",
        "pair": result.pair, "case": pack.case.title, "citation": pack.case.article.citation,
        "screened": SCREENED, "cited": short_citation(pack.case.article.citation),
        "worlds": len(result.cells[0].values["alignment"]),
        "first": result.quarters[0], "last": result.quarters[-1], "seed": base.seed, "command": result.command,
        "controls": [_control(result, control) for control in grid.controls], "presets": _presets(result),
        "singles": [_single(grid, each) for each in singles], "reach": reach,
        "every": [_row(result, at) for at in range(grid.cells)], "left_out": result.left_out,
        "elsewhere": [each.title for each in result.scenarios if grid.of(each) is None],
        "cannot": [str(limit) for limit in limits(base)], "parts": [(part, _PARTS[part]) for part in PARTS],
        "questions": questions,
    }  # fmt: skip


def _single(grid: Grid, single: Single) -> dict[str, Any]:
    level = grid.controls[single.control].levels[max(grid.levels(single.cell))]
    return {"name": single.name, "words": level.words if level.title else "", "found": single.found}


_PARTS = {
    "similarity": "how near their positions are",
    "depth": "agreements in force",
    "practice": "work done together",
    "trust": "mean of both directions",
}


def _control(result: Result, control: Control) -> dict[str, Any]:
    base = result.grid.base
    lever = base.loaded.pack.case.levers[control.name]
    ranges = []
    for path, (low, high) in lever.moves.items():
        canonical = base.names.canonical(path)
        number = base.numbers.get(canonical)
        coded = f"; coded from {number.coded.low:g} to {number.coded.high:g}" if number else ""
        ranges.append(f"{label(base, canonical)}: {low:g} at 0, {high:g} at 1{coded}{_scale(base, canonical)}")
    return {"name": control.name, "label": control.label, "says": lever.says, "locator": lever.locator,
            "shock": lever.shock, "ranges": ranges, "levels": control.levels}  # fmt: skip


def _scale(base: Scenario, path: str) -> str:
    """Return what the ends of an issue's scale mean; "" of a number that is no position."""
    field, index = base.names.paths[path]
    if field not in ("ideal", "character"):
        return ""
    issue = base.loaded.pack.case.issues[base.names.issues[index[1]]]
    return f". On this scale 0 is: {issue.zero}; 1 is: {issue.one}"


def _presets(result: Result) -> list[dict[str, Any]]:
    """Return the cells that a button leads to: nothing changed, and each scenario that the grid holds."""
    found = [{"title": "Nothing changed", "question": "", "levels": (0,) * len(result.grid.controls)}]
    for scenario in result.scenarios:
        cell = result.grid.of(scenario)
        if cell:
            levels = result.grid.levels(cell)
            found.append({"title": scenario.title, "question": scenario.file.question, "levels": levels})
    return found


def _row(result: Result, at: int) -> dict[str, Any]:
    cell, base = result.cells[at].values["alignment"], result.cells[0].values["alignment"]
    chosen = zip(result.grid.controls, result.grid.levels(at), strict=True)
    (found,) = told((cell - base)[:, -1:])
    return {"levels": [control.levels[level].words for control, level in chosen], "found": found, "base": at == 0}
