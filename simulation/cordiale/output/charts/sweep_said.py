"""What charts of a sweep say: which factor moves a measure most, what cells are held against, how it is made again."""

from __future__ import annotations

import numpy as np

from cordiale.analysis.sweep import Sweep
from cordiale.analysis.sweep_design import CODED, Factor, Level, level_text
from cordiale.analysis.window import PEAK
from cordiale.case.quarters import end_of
from cordiale.models.measures import sentence_case
from cordiale.models.units import YES_NO, signed, unit_words
from cordiale.output.charts import titles
from cordiale.output.charts.recorded import Array
from cordiale.study import labels as words
from cordiale.study.estimate import LITTLE_CHANGE, Estimate
from cordiale.study.result import Row
from cordiale.study.study import Study

LONGEST = 200  # signs of a command that a caption shows


def texts_of(sweep: Sweep) -> Study:
    """Return what the texts of charts are read from."""
    return Study(sweep.folder, sweep.manifest)


def subject(sweep: Sweep, measure: str, entity: str) -> str:
    """Return what is measured, of whom, as it stands within a sentence."""
    return titles.subject_of(texts_of(sweep), measure, entity)


def when(sweep: Sweep, measure: str, entity: str) -> str:
    """Return "by the end of 2025", or "on average over 2020Q1 to 2022Q4"."""
    quarter = sweep.read_in(measure, entity)
    if ":" in quarter:
        return f"on average over {quarter.replace(':', ' to ')}"
    peak = ", the quarter in which cells differ most" if sweep.manifest["quarter"] == PEAK else ""
    return f"by {end_of(quarter)}{peak}"


def column_of(sweep: Sweep) -> str:
    """Return which difference is drawn: that to the scenario that cells are held against, else that to the first."""
    return "against" if sweep.against else "difference"


def held_against(sweep: Sweep) -> str:
    """Return what differences are to: a scenario, what is coded, or the cell with the first level of each factor."""
    if sweep.against:
        return f"“{words.plain(sweep.manifest['against']['title'])}”"
    factors = sweep.design.factors
    if all(factor.coded for factor in factors):
        return "what is coded"
    if len(factors) == 1:
        return f"the level {short(factors[0].values[0])}"
    if len(factors) > 2:
        return "the first cell (the first level of each factor)"
    return "the first cell (" + ", ".join(f"{name_of(each)} {short(each.values[0])}" for each in factors) + ")"


def short(level: Level) -> str:
    """Return a level as there is room for it: "coded", or three figures of a number."""
    return CODED if level == CODED else f"{float(level):.3g}".replace("-", "−")


def name_of(factor: Factor) -> str:
    """Return what a factor is called."""
    return words.plain(factor.label)


def differences(sweep: Sweep, measure: str, entity: str) -> Array:
    """Return the differences that are drawn, world by world, shaped as the design with worlds last."""
    cells = sweep.cells()
    own = cells[(cells["measure"] == measure) & (cells["entity"] == entity)]
    values = np.asarray(own["against" if sweep.against else "value"], dtype=np.float64)
    values = values.reshape(*sweep.design.shape, sweep.worlds)
    return values if sweep.against else values - values.reshape(-1, sweep.worlds)[0]


def unit_of_measure(sweep: Sweep, measure: str) -> str:
    """Return a measure's unit."""
    return YES_NO if sweep.yes_no(measure) else texts_of(sweep).measure(measure).unit


def told(sweep: Sweep, measure: str, value: float) -> str:
    """Return a difference with its sign; of shares of worlds in points of a hundred, without the word."""
    return signed(value, unit_of_measure(sweep, measure)).removesuffix(" points")


def unit(sweep: Sweep, measure: str) -> str:
    """Return the unit of differences, as a subtitle says it."""
    share = sweep.yes_no(measure)
    return "share of worlds, in points of a hundred" if share else unit_words(unit_of_measure(sweep, measure))


def estimate_of(sweep: Sweep, row: Row, values: Array | None = None) -> Estimate:
    """Return the estimate of an effect.

    Parameters
    ----------
    row : of `effects_of`
    values : the effect world by world, whose shares are added
    """
    kind = texts_of(sweep).measure(str(row["measure"]))
    unit, ends = unit_of_measure(sweep, str(row["measure"])), (float(row["effect_low"]), float(row["effect_high"]))
    if values is None:
        return Estimate(float(row["effect"]), *ends, unit=unit, good=kind.good)
    shares = [float(np.mean(each)) for each in (values > 0, values == 0, values < 0)]
    up, same, down = shares
    return Estimate(float(row["effect"]), *ends, up, same, down, unit, kind.good, len(values))


# ---------------------------------------------------------------- what was found


def effects_of(sweep: Sweep, measure: str, entity: str, kind: str) -> list[Row]:
    """Return the effects of a kind, "main" or "interaction", those that are largest first; `at` is their place."""
    found = sweep.effects()
    own = found[(found["measure"] == measure) & (found["entity"] == entity)].to_dict("records")
    rows: list[Row] = [{str(key): value for key, value in row.items()} | {"at": at} for at, row in enumerate(own)]
    return sorted((row for row in rows if row["kind"] == kind), key=lambda row: -abs(float(row["effect"])))


def forms(sweep: Sweep, measure: str, entity: str) -> list[str]:
    """Return which factor moves a measure most, from the longest form to the shortest."""
    most, of = effects_of(sweep, measure, entity, "main")[0], subject(sweep, measure, entity)
    several = len(sweep.design.factors) > 1
    names = {factor.path: name_of(factor) for factor in sweep.design.factors}
    name, found = f"“{names[most['factor']]}”", estimate_of(sweep, most)
    between = f"from {short(most['low'])} to {short(most['high'])}"
    if not found.noticeable:
        what = "noticeably" if found.verdict == LITTLE_CHANGE else "clearly"
        who = "No lever" if several else name
        told = f"{who} {what} changes {of}" if several else f"{name} brings {found.verdict} in {of}"
        return [told, sentence_case(f"{found.verdict} in {of}")]
    verb = "raises" if found.mean > 0 else "lowers"
    rank = " most" if several else ""
    return [
        f"{name} {verb} {of}{rank}: {found.full} {between}",
        f"{name} {verb} it{rank}: {found.full} {between}",
        f"{name}{rank}: {found.full} {between}",
        f"{name}: {found.full}",
    ]


# ---------------------------------------------------------------- how it is made again


def caption(sweep: Sweep, drawn: str) -> str:
    """Return the text under a chart: what marks are, worlds and seed, how to make it again, no forecast."""
    about = sweep.manifest
    coding = f"The numbers of the coding {sweep.coding} stand in place of the pack's" if sweep.coding else ""
    pack = f"pack {about['pack']} after {words.short_citation(str(about['article']))}"
    source = f"Source: {_command(sweep)} (cordiale {about['versions']['cordiale']}, {pack})"
    worlds = f"{sweep.worlds:,} worlds, seed {about['seed']}, the same in every cell"
    return titles.joined(drawn, coding, worlds, source, "A model of one article's claims: no forecast")


def _command(sweep: Sweep) -> str:
    typed = [str(each) for each in sweep.manifest.get("command") or []]
    if typed[:1] != ["cordiale"]:
        typed = ["cordiale", "sweep", str(sweep.manifest["scenario"])]
        for factor in sweep.design.factors:
            typed += ["--over", f"{factor.path}={_levels(factor)}"]
        typed += ["--worlds", str(sweep.worlds), *(["--against", sweep.against] if sweep.against else [])]
    text = titles.typed_text(typed)
    if len(text) > LONGEST:
        text = (
            f"cordiale sweep {sweep.manifest['scenario']} ({len(sweep.design.factors)} factors) --worlds {sweep.worlds}"
        )
    return text


def _levels(factor: Factor) -> str:
    """Return the levels of a factor as they are typed, evenly spaced ones as FROM:TO:POINTS."""
    numbers, count = factor.numbers, len(factor.values)
    if count > 3 and not factor.coded and np.allclose(numbers, np.linspace(numbers[0], numbers[-1], count), atol=1e-9):
        return f"{level_text(factor.values[0])}:{level_text(factor.values[-1])}:{count}"
    return ",".join(map(level_text, factor.values))
