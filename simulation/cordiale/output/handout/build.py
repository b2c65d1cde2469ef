"""The handout: one HTML file for a class, with a grid of policies run beforehand, that needs nothing but a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from cordiale.case.quarters import to_text
from cordiale.engine.block import Plan
from cordiale.files.atomic_write import check_files, user_path, write_text
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.base import Rules
from cordiale.output.charts.scales import scale_of_unit, unit_in_words
from cordiale.output.charts.style import scenario_ink
from cordiale.output.handout.cells import (
    HEADLINE,
    PLACES,
    QUANTILES,
    SCREENED,
    Added,
    Cell,
    MeanDifference,
    Progress,
    Work,
    base_sentences,
    causes_added,
    extent,
    in_words,
    mean_differences,
    parts_added,
    parts_of,
    rounded,
    run_cells,
    sentences,
    signed,
    trial,
)
from cordiale.output.handout.chronicle import Chronicle, chronicles
from cordiale.output.handout.grid import Control, Grid, as_coded, check_alike, chosen, controls_of, fitted, laid
from cordiale.output.handout.questions import Question, Single, about, questions_of, singles_of
from cordiale.output.pages.findings import limits
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.scenario.words import label
from cordiale.study.run import make_plan

__all__ = ["WORLDS", "default_file", "handout", "prepare"]

WORLDS = 200  # of each cell: 36 cells take about a minute on two cores


def handout(
    scenarios: Sequence[str | Path | Scenario],
    levers: Sequence[str] = (),
    worlds: int = WORLDS,
    dyad: str | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    model: str | None = None,
    allow: Collection[str] = (),
    pack: str | None = None,
    out: Path | str | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Run a grid of the levers that scenarios move, write the page for a class, and return its path.

    Parameters
    ----------
    scenarios : names, paths or loaded scenarios of one pack, which differ in levers only
    levers : of the grid, four at most; all that the scenarios move where none, or of more than three those
        with the largest effect in a trial
    worlds : of each cell, two at least
    dyad : whose alignment; the case's focus where None
    seed, jobs, model, allow, pack : as in `run`
    out : the file; `outputs/handout-<names>.html` where None
    replace : whether a file that lies there may go
    progress : called with (cells done, cells in all)

    Raises
    ------
    FileError, OptionError, StudyError
    """
    file = user_path(out or default_file(scenarios))
    check_files([file], replace)
    made = prepare(scenarios, levers, worlds, dyad, seed, jobs, model, allow, pack, progress)
    return write_text(file, html(made), replace)


def default_file(scenarios: Sequence[str | Path | Scenario]) -> Path:
    """Return `outputs/handout-<names>.html`."""
    names = "-".join(each.name if isinstance(each, Scenario) else Path(each).stem for each in scenarios)
    return Path("outputs") / f"handout-{names[:100]}.html"


def prepare(
    scenarios: Sequence[str | Path | Scenario],
    levers: Sequence[str],
    worlds: int,
    dyad: str | None,
    seed: int | None,
    jobs: int | None,
    model: str | None,
    allow: Collection[str],
    pack: str | None,
    progress: Progress | None,
) -> Handout:
    """Run the grid; parameters and errors as in `handout`."""
    loaded = [
        each if isinstance(each, Scenario) else load_scenario(each, pack=pack, model=model, allow=allow)
        for each in scenarios
    ]
    if worlds < 2:
        raise OptionError(f"--worlds {worlds}: intervals need at least two worlds")
    loaded = [with_options(scenario, worlds=worlds, seed=seed) for scenario in loaded]
    rules = make_plan(loaded, allow=allow).rules
    check_alike(loaded)
    base = as_coded(loaded[0])
    pair = _dyad(base, dyad)
    kept, left_out = chosen(base, controls_of(loaded, base, levers), _trial(base, pair, rules, jobs, progress),
                            levers)  # fmt: skip
    grid = fitted(base, kept)
    cells = tuple(grid.scenario(cell) for cell in range(grid.cells))
    work = Work(cells, pair, worlds, rules)
    command = _command([scenario.name for scenario in loaded], levers, worlds, dyad, base.seed)
    ran = run_cells(work, jobs, progress)
    told = chronicles(Plan([base], rules), base, pair, ran[0].values[HEADLINE][:, -1])
    return Handout(loaded, grid, ran, pair, left_out, command, told)


def _dyad(base: Scenario, text: str | None) -> str:
    names, focus = base.names, base.loaded.pack.case.focus
    try:
        return names.dyad(text or focus)
    except KeyError:
        hint = did_you_mean(str(text), [f"{a}-{b}" for a in names.states for b in names.states if a != b])
        raise OptionError(f"--dyad: '{text}' is no dyad of this pack{hint}") from None


def _trial(
    base: Scenario, dyad: str, rules: Rules, jobs: int | None, progress: Progress | None
) -> Callable[[Sequence[Control]], list[float]]:
    """Return what gives the largest mean difference under each of many controls, from a few worlds."""

    def sizes(controls: Sequence[Control]) -> list[float]:
        courses = [(each.name, level.course) for each in controls for level in each.least.levels[1:]]
        scenarios = (base, *(laid(base, {name: course}) for name, course in courses))
        found = trial(Work(scenarios, dyad, SCREENED, rules), jobs, progress)
        of = [[size for (own, _), size in zip(courses, found, strict=True) if own == each.name] for each in controls]
        return [max(each, key=abs) for each in of]

    return sizes


def _command(names: Sequence[str], levers: Sequence[str], worlds: int, dyad: str | None, seed: int) -> str:
    parts = ["cordiale", "handout", *names]
    parts += [part for lever in levers for part in ("--lever", lever)]
    parts += ["--worlds", str(worlds), "--seed", str(seed), *(["--dyad", dyad] if dyad else [])]
    return shlex.join(parts)


# ----------------------------------------------------------------
# The page: what the cells gave, set into one HTML file with its own style and script and nothing from outside.


MARK = "cordiale handout"  # by which --replace knows a handout


def html(result: Handout) -> str:
    """Return the page; the same result gives the same bytes."""
    from jinja2 import Environment, StrictUndefined

    here = resources.files("cordiale.output.handout")
    template, style, script = (here.joinpath(f"handout.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    base, own = (scenario_ink(place, dark=False).colour for place in (0, 1))
    style = f":root {{ --base: {base}; --own: {own}; }}\n{style}"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["signed"] = signed
    singles = singles_of(result.grid, result.cells)
    what = what_of(result.grid.base)
    questions = questions_of(result.grid, result.cells, singles, result.pair, result.quarters[-1], what)
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


def _texts(result: Handout, singles: Sequence[Single], questions: Sequence[Question]) -> dict[str, Any]:
    from cordiale.study.labels import short_citation

    grid, base = result.grid, result.grid.base
    pack, tells = base.loaded.pack, base.family.attribution
    reach = max((abs(bound) for each in singles for bound in (each.found.low, each.found.high)), default=0.0) or 1.0
    return {
        "mark": f"{MARK} {version('cordiale')}", "title": f"What moves {result.pair} closer, or apart?",
        "pair": result.pair, "case": pack.case.title, "citation": pack.case.article.citation,
        "screened": SCREENED, "cited": short_citation(pack.case.article.citation),
        "worlds": len(result.cells[0].values[HEADLINE]),
        "first": result.quarters[0], "last": result.quarters[-1], "seed": base.seed, "command": result.command,
        "controls": [_control(result, control) for control in grid.controls], "presets": _presets(result),
        "singles": [_single(grid, each) for each in singles], "reach": reach,
        "every": [_row(result, at) for at in range(grid.cells)], "left_out": result.left_out,
        "elsewhere": [each.title for each in result.scenarios if grid.of(each) is None],
        "cannot": [str(limit) for limit in limits(base)],
        "parts": [(part, tells.part_meaning(part) if tells else "") for part in parts_of(result.cells[0])],
        "what": what_of(base), "what_of": about(what_of(base), result.pair), "unit": unit_in_words(_unit(base)),
        "questions": questions, "told": result.told,
    }  # fmt: skip


def what_of(scenario: Scenario) -> str:
    """Return the headline in words: "alignment"; of a share of worlds, what is so in them."""
    kind = scenario.family.measure(scenario.family.headline)
    return f"the share of worlds in which they are {kind.meaning}" if kind.phrase else kind.meaning


def _so(result: Handout) -> str | None:
    """Return what is so in a share of worlds, "France and Japan are on the same side"; None of what has a mean."""
    kind = result.grid.base.family.measure(result.grid.base.family.headline)
    return kind.phrase.replace("{}", result.pair) if kind.phrase else None


def _unit(scenario: Scenario) -> str:
    return scenario.family.measure(scenario.family.headline).unit


def _single(grid: Grid, single: Single) -> dict[str, Any]:
    level = grid.controls[single.control].levels[max(grid.levels(single.cell))]
    return {"name": single.name, "words": level.words if level.title else "", "found": single.found}


def _control(result: Handout, control: Control) -> dict[str, Any]:
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


def _presets(result: Handout) -> list[dict[str, Any]]:
    """Return the cells that a button leads to: nothing changed, and each scenario that the grid holds."""
    found = [{"title": "Nothing changed", "question": "", "levels": (0,) * len(result.grid.controls)}]
    for scenario in result.scenarios:
        cell = result.grid.of(scenario)
        if cell:
            levels = result.grid.levels(cell)
            found.append({"title": scenario.title, "question": scenario.file.question, "levels": levels})
    return found


def _row(result: Handout, at: int) -> dict[str, Any]:
    cell, base = result.cells[at].values[HEADLINE], result.cells[0].values[HEADLINE]
    chosen = zip(result.grid.controls, result.grid.levels(at), strict=True)
    (found,) = mean_differences((cell - base)[:, -1:], yes_no=_so(result) is not None)
    return {"levels": [control.levels[level].words for control, level in chosen], "found": found, "base": at == 0}


# ----------------------------------------------------------------
# What the page's script reads: every cell's numbers and sentences, rounded, and the questions.


_BAND = ("mean", "low", "high")


@dataclass(frozen=True)
class Handout:
    """A grid that has been run.

    Attributes
    ----------
    scenarios : as given
    cells : of the grid, in order
    left_out : levers that the grid leaves out, with why
    command : what makes the page again
    told : two worlds with nothing changed, as stories
    """

    scenarios: Sequence[Scenario]
    grid: Grid
    cells: Sequence[Cell]
    dyad: str
    left_out: Sequence[str]
    command: str
    told: Sequence[Chronicle] = ()

    @property
    def quarters(self) -> list[str]:
        """The quarters of every cell."""
        base = self.grid.base
        return [to_text(base.start + quarter) for quarter in range(base.quarters)]

    @property
    def pair(self) -> str:
        """The dyad in words."""
        states = self.grid.base.loaded.pack.states
        return " and ".join(states[code].name for code in self.dyad.split("-"))


def data_of(result: Handout, questions: Sequence[Question]) -> dict[str, Any]:
    """Return all that the page shows and that a control can change."""
    cells = [_cell(result, at) for at in range(result.grid.cells)]
    return {
        "quarters": result.quarters,
        "shape": result.grid.shape,
        "what": what_of(result.grid.base),
        "digits": scale_of_unit(_unit(result.grid.base)).digits,
        "cells": cells,
        "limits": {
            "quantiles": extent([cell["quantiles"] for cell in cells], [str(q) for q in QUANTILES]),
            "difference": extent([cell["difference"] for cell in cells], ("low", "high")),
            "parts": {part: extent([cell["parts"] for cell in cells], (part,)) for part in parts_of(result.cells[0])},
            "added": _reach(cells),
        },
        "questions": [asdict(question) for question in questions],
    }


def _cell(result: Handout, at: int) -> dict[str, Any]:
    cell, base = result.cells[at], result.cells[0]
    values = cell.values[HEADLINE]
    own = mean_differences(values - base.values[HEADLINE], base.values[HEADLINE], _so(result) is not None)
    changes = result.grid.changes(at)
    causes = causes_added(cell, base, result.grid.base)
    horizon, what, so = result.quarters[-1], what_of(result.grid.base), _so(result)
    return {
        "changes": changes,
        "words": sentences(cell, base, horizon, what, so) if at else base_sentences(base, result.quarters, what, so),
        "quantiles": {str(q): rounded(np.quantile(values, q, axis=0)) for q in QUANTILES},
        "difference": {name: rounded(np.array([getattr(each, name) for each in own])) for name in _BAND},
        "parts": {part: rounded(cell.values[part].mean(axis=0)) for part in parts_of(cell)},
        "end": {"alignment": _numbers(own[-1])} | {part: _numbers(_part(cell, base, part)) for part in parts_of(cell)},
        "added": [_added(each) for each in parts_added(cell, base)],
        "causes": [_added(each) for each in causes],
        "why": in_words(causes) if at else "Nothing is changed, so there is nothing to explain.",
    }


def _part(cell: Cell, base: Cell, part: str) -> MeanDifference:
    """Return the difference of a part on its own scale in the last quarter."""
    found = (cell.values[part] - base.values[part])[:, -1:]
    return mean_differences(found, base.values[part][:, -1:])[0]


def _numbers(difference: MeanDifference) -> dict[str, float | None]:
    numbers = {name: round(float(value), PLACES) + 0.0 for name, value in asdict(difference).items() if name != "size"}
    return numbers | {"size": round(difference.size, PLACES) + 0.0 if np.isfinite(difference.size) else None}


def _added(each: Added) -> dict[str, Any]:
    numbers = {name: round(getattr(each.found, name), PLACES) + 0.0 for name in _BAND}
    return {"label": each.label[0].upper() + each.label[1:], **numbers}


def _reach(cells: Sequence[dict[str, Any]]) -> float:
    """Return the largest reach of a bar or its interval, in any cell."""
    bars = [each for cell in cells for each in (*cell["added"], *cell["causes"])]
    return max((abs(each[name]) for each in bars for name in _BAND), default=0.0) or 1.0
