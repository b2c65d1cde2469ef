"""The handout: one HTML file for a class, with a grid of policies run beforehand, that needs nothing but a browser."""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from cordiale.analysis.answering import Made, course_of, texts_of
from cordiale.analysis.answers import Answer, Way
from cordiale.engine.block import Plan
from cordiale.files.atomic_write import check_files, user_path, write_text
from cordiale.files.errors import OptionError, did_you_mean
from cordiale.models.base import Rules
from cordiale.models.random import Array
from cordiale.models.units import YES_NO
from cordiale.output.answer import words
from cordiale.output.answer.html import style, templates
from cordiale.output.answer.picture import PHONE, WIDE, levels, picture, reach, told
from cordiale.output.answer.scatter import scatters
from cordiale.output.handout.cells import SCREENED, Cell, Progress, Work, causes_added, run_cells, trial
from cordiale.output.handout.grid import Control, Grid, as_coded, check_alike, chosen, controls_of, fitted, laid
from cordiale.output.handout.questions import Chronicle, Told, chronicles, questions_of
from cordiale.output.pages.findings import limits
from cordiale.scenario.first_questions import Asked, asked_of
from cordiale.scenario.load import Scenario, load_scenario
from cordiale.scenario.overrides import with_options
from cordiale.scenario.words import label
from cordiale.study.attribution import weighted_parts
from cordiale.study.in_memory import InMemory, study_of
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
    cells = [grid.scenario(cell) for cell in range(grid.cells)]
    asked = [_labelled(asked_of(each, cells[0], pair), _states(base, pair)) for each in cells]
    texts = texts_of(asked[:1], pair)
    ran = run_cells(Work(cells, texts, pair, worlds, rules), jobs, progress)
    study = study_of(cells, texts, [cell.values for cell in ran])
    made = Made(study, asked, {each.name: each for each in cells}, pair)
    ends = study.values(base.family.headline, pair, cells[0].name)[:, -1]
    return Handout(
        loaded, grid, study, [made.answer(each) for each in asked], ran, pair, left_out,
        _command([scenario.name for scenario in loaded], levers, worlds, dyad, base.seed),
        chronicles(Plan([base], rules), base, pair, ends),
    )  # fmt: skip


def _states(base: Scenario, dyad: str) -> str:
    """Return a dyad in words: "France and Japan"."""
    return " and ".join(base.loaded.pack.states[code].name for code in dyad.split("-"))


def _labelled(asked: Asked, pair: str) -> Asked:
    """Return a question whose gain is told in a clause where it is the share of worlds in which something is so."""
    phrase = asked.gain.measure.kind.phrase
    if not phrase:
        return asked
    told = f"Share of worlds in which {phrase.replace('{}', pair)}"
    return replaced(asked, said=asked.said.model_copy(update={"label": told}))


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
        found = trial(Work(scenarios, (), dyad, SCREENED, rules), jobs, progress)
        of = [[size for (own, _), size in zip(courses, found, strict=True) if own == each.name] for each in controls]
        return [max(each, key=abs) for each in of]

    return sizes


def _command(names: Sequence[str], levers: Sequence[str], worlds: int, dyad: str | None, seed: int) -> str:
    parts = ["cordiale", "handout", *names]
    parts += [part for lever in levers for part in ("--lever", lever)]
    parts += ["--worlds", str(worlds), "--seed", str(seed), *(["--dyad", dyad] if dyad else [])]
    return shlex.join(parts)


# ----------------------------------------------------------------
# A grid that has been run, and what stands on the page.


@dataclass(frozen=True)
class Handout:
    """A grid that has been run.

    Attributes
    ----------
    scenarios : as given
    study : of the grid's scenarios
    answers : of each cell, against the first
    cells : as they were run
    left_out : levers that the grid leaves out, with why
    command : what makes the page again
    chronicles : two worlds with nothing changed, as stories
    """

    scenarios: Sequence[Scenario]
    grid: Grid
    study: InMemory
    answers: Sequence[Answer]
    cells: Sequence[Cell]
    dyad: str
    left_out: Sequence[str]
    command: str
    chronicles: Sequence[Chronicle] = ()

    @property
    def quarters(self) -> list[str]:
        """The quarters of every cell."""
        return self.study.quarters()

    @property
    def pair(self) -> str:
        """The dyad in words."""
        return _states(self.grid.base, self.dyad)

    def headline(self, cell: int) -> Array:
        """Return the headline of a cell, (worlds, quarters)."""
        return self.study.values(self.study.headline, self.dyad, self.study.scenarios[cell])

    @cached_property
    def parts(self) -> list[Array]:
        """By cell (parts, worlds) what each part of the headline has added to its difference."""
        if not self.study.components:
            return [np.empty((0, self.study.worlds))] * self.grid.cells
        weighed = [weighted_parts(self.study, name, self.dyad) for name in self.study.scenarios]
        return [each - weighed[0] for each in weighed]

    @property
    def told(self) -> Told:
        """What questions are asked of."""
        ends = [self.headline(cell)[:, -1] for cell in range(self.grid.cells)]
        return Told(self.grid, self.answers, ends, self.parts, self.pair)

    @property
    def ways(self) -> list[Way]:
        """Every cell by its gain and its cost, the best gain first."""
        found = [
            Way(scenario=each.scenario, title=each.title, against=each.against, held=True, gain=each.gain.kept,
                cost=None if each.cost is None else each.cost.kept)
            for each in self.answers
        ]  # fmt: skip
        return sorted(found, key=lambda way: -way.gain.mean)


# ----------------------------------------------------------------
# The page: what the cells gave, set into one HTML file with its own style and script and nothing from outside.


MARK = "cordiale handout"  # by which --replace knows a handout


def html(result: Handout) -> str:
    """Return the page; the same result gives the same bytes."""
    from cordiale.study.labels import short_citation

    here = resources.files("cordiale.output.handout")
    css, script = style() + here.joinpath("handout.css").read_text("utf-8"), here.joinpath("handout.js").read_text()
    grid, base, ways = result.grid, result.grid.base, result.ways
    case = base.loaded.pack.case
    return templates("cordiale.output.handout").get_template("handout.html").render(
        style=css, script=script, policy=_policy(css, script), mark=f"{MARK} {version('cordiale')}",
        title=f"What moves {result.pair} closer, or apart?", pair=result.pair, case=case.title,
        citation=case.article.citation, cited=short_citation(case.article.citation), screened=SCREENED,
        worlds=result.study.worlds, first=result.quarters[0], last=result.quarters[-1], seed=base.seed,
        command=result.command, controls=[_control(result, control) for control in grid.controls],
        presets=_presets(result), cells=_cells(result), questions=questions_of(result.told), ways=ways,
        charts=scatters(result.answers[0], ways), base=result.answers[0], left_out=result.left_out,
        elsewhere=[each.title for each in result.scenarios if grid.of(each) is None],
        cannot=[str(limit) for limit in limits(base)], chronicles=result.chronicles,
    )  # fmt: skip


def _policy(css: str, script: str) -> str:
    """Return the Content-Security-Policy: this style and this script, by their hashes, and nothing else."""
    own = {"style-src": css, "script-src": script}
    hashes = {name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in own.items()}
    return "; ".join(["default-src 'none'", *(f"{name} 'sha256-{found}'" for name, found in hashes.items()),
                      "base-uri 'none'", "form-action 'none'"])  # fmt: skip


def _cells(result: Handout) -> list[dict[str, Any]]:
    """Return of each cell its answer, its pictures, which share their scales, and its causes."""
    headlines = [result.headline(cell) for cell in range(result.grid.cells)]
    courses = [course_of(each) for each in headlines]
    values = [end for each in courses for end in (*each.p05, *each.p95)]
    levels_end, reaches = (min(values), max(values)), [reach(each) for each in result.answers]
    ends = min(low for low, _ in reaches), max(high for _, high in reaches)
    base, parts = result.grid.base, result.study.components
    found = []
    for cell, answer in enumerate(result.answers):
        added = dict(zip(parts, result.parts[cell], strict=True))
        found.append({
            "levels": result.grid.levels(cell), "answer": answer,
            "said": words.sentences(result.pair, answer) if cell else _standing(answer, headlines[0]),
            "stands": [levels(answer, courses[cell], courses[0].mean, result.quarters, levels_end, frame)
                       for frame in (WIDE, PHONE)],
            "moves": [picture(answer, result.quarters, frame, ends) for frame in (WIDE, PHONE)] if cell else [],
            "told": told(answer, result.quarters),
            "causes": causes_added(result.cells[cell], result.cells[0], added, base) if parts else [],
        })  # fmt: skip
    return found


def _standing(answer: Answer, headline: Array) -> list[list[words.Piece]]:
    """Return where worlds stand with nothing changed, a sentence each."""
    gain = answer.gain
    first, last = (words.level(gain, float(headline[:, at].mean())) for at in (0, -1))
    told = [f"Nothing is changed. {gain.label}: {last} on average {words.when(gain)}, and {first} at the start."]
    if gain.unit != YES_NO:
        low, high = (words.level(gain, float(end)) for end in np.quantile(headline[:, -1], (0.05, 0.95)))
        told.append(f"90 % of worlds end between {low} and {high}: that is how much the numbers leave open.")
    return [[words.Piece(each)] for each in told]


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
