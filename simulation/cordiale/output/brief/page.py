"""A brief as files: two pages of HTML, the same as PDF, and an annex with the source of every number."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from textwrap import shorten
from typing import Any

import jinja2
from markupsafe import Markup, escape

from cordiale.analysis.brief import Brief, answer, verdict, window, would_change
from cordiale.analysis.brief import Option as Asked
from cordiale.models.measures import within
from cordiale.models.units import unit_of, unit_words
from cordiale.output.pages.findings import limits
from cordiale.output.report.elements import typeset
from cordiale.output.report.rebuilt import rebuild
from cordiale.output.report.sources import command, policies, sources
from cordiale.study.estimate import adding_up
from cordiale.study.findings import for_scale
from cordiale.study.labels import plain, quantity, short_citation

TITLE, LABEL, SENTENCE = 64, 72, 300  # signs of a title or a cost in a table, and of another command's sentence
COSTS, SENTENCES = 3, 2  # costs of a table, and sentences of a command, that two pages have room for
SPACIOUS = 6  # options, up to which lines are set wide


@dataclass(frozen=True)
class Option:
    """A row of the table of options, as text.

    Attributes
    ----------
    gain, interval, share : of the gain; empty where nothing can be compared
    costs : mean, and verdict of the first, of each cost that is shown; ("", "") where one is not recorded
    parts : of the headline, as many as there are, and their sum
    """

    title: str
    gain: str
    interval: str
    share: str
    costs: list[tuple[str, str]]
    parts: list[str]


@dataclass(frozen=True)
class Contents:
    """What stands on the two pages, as text.

    Attributes
    ----------
    cards : (what, number, what is said of it) of the gain, the gravest cost, and how sure the gain is
    chart : an svg whose letters are outlines, "" where the study has not what it needs
    """

    question: str
    made: str
    verdict: str
    answer: list[str]
    cards: list[tuple[str, str, str]]
    against: str
    gain: str
    costs: list[str]
    options: list[Option]
    notes: list[str]
    chart: str
    alt: str
    no_chart: str
    parts: list[str]
    why: list[str]
    changes: list[tuple[str, list[str], str]]
    limits: list[str]
    again: str
    design: str


def files(brief: Brief) -> Mapping[str, str | bytes]:
    """Return name -> content of a brief's pages and its annex."""
    found = contents(brief)
    pages: dict[str, str | bytes] = {"brief.html": html(found), "annex.html": annex(brief)}
    if brief.pdf:
        from cordiale.output.pdf import of_brief

        pages["brief.pdf"] = of_brief(as_data(found))
    return pages


# ---------------------------------------------------------------- what stands there


def contents(brief: Brief) -> Contents:
    """Return what stands on the pages of a brief."""
    study, about = brief.study, brief.study.manifest
    shown = brief.recorded_costs[:COSTS]
    chart, no_chart = _chart(brief)
    base = study.title(study.scenarios[0])
    made = (
        f"cordiale {about['versions']['cordiale']} · seed {about['seed']}, {_worlds(brief)} · "
        f"a model of one article ({short_citation(about['article'])}), not a forecast"
    )
    told = [verdict(brief), *answer(brief)]
    return Contents(
        brief.question, made, told[0], told[1:], _cards(brief), base, brief.subject,
        [_cut(cost.said.label, LABEL) for cost in shown], [_option(brief, each) for each in brief.options],
        _notes(brief), chart, " ".join(["Bars of what each option gains and costs.", *told]), no_chart,
        [quantity(study, part) for part in study.components] if any(each.parts for each in brief.options) else [],
        _why(brief), _changes(brief), [limit.short for limit in limits(brief.first)],
        command(rebuild(study)), about["design"],
    )  # fmt: skip


def _worlds(brief: Brief) -> str:
    return f"{brief.study.worlds:,} world{'' if brief.study.worlds == 1 else 's'}"


def _cut(text: str, most: int) -> str:
    return shorten(plain(text), most, placeholder=" …") if len(plain(text)) > most else plain(text)


def _option(brief: Brief, option: Asked) -> Option:
    title = _cut(brief.study.title(option.scenario), TITLE)
    if option.against != brief.study.scenarios[0]:
        title += f" (against: {_cut(brief.study.title(option.against), TITLE)})"
    costs = [_cost(option, cost.name) for cost in brief.recorded_costs[:COSTS]]
    if option.gain is None:
        return Option(title, "", "not compared", "", costs, [])
    gain = option.gain
    shares = " / ".join(f"{100 * each:.0f}" for each in (gain.higher, gain.same, gain.lower))
    return Option(title, gain.text(), gain.interval, shares, costs, _parts(option))


def _parts(option: Asked) -> list[str]:
    """Return what each part adds, and their sum, which is the gain as it is printed."""
    if option.gain is None or not option.parts:
        return []
    digits = unit_of(option.gain.unit).digits
    shown = adding_up(list(option.parts.values()), option.gain.mean, digits)
    return [option.gain.text(each) for each in [*shown, option.gain.mean]]


def _cost(option: Asked, name: str) -> tuple[str, str]:
    found = option.costs.get(name)
    return ("", "") if found is None else (found.text(), found.verdict if not found.noticeable else found.verb)


def _cards(brief: Brief) -> list[tuple[str, str, str]]:
    """Return the gain, the gravest cost and how sure the gain is, a card each."""
    gain = brief.asked.gain
    if gain is None:
        return []
    verb = gain.verb if gain.noticeable else gain.verdict
    cards = [("Gain: " + brief.subject, gain.full, f"{verb} (95 % interval {gain.interval})")]
    for cost in (each for each in brief.recorded_costs[:1] if each.name in brief.asked.costs):
        found = brief.asked.costs[cost.name]
        verb = found.verb if found.noticeable else found.verdict
        cards.append((f"Cost: {within(cost.said.label)}", found.full, f"{verb} (95 % interval {found.interval})"))
    best = max(gain.higher, gain.lower)
    way = "higher" if gain.higher >= gain.lower else "lower"
    return [*cards, ("How sure", f"{100 * best:.0f} % of worlds", f"{way}: {gain.shares}")]


def _notes(brief: Brief) -> list[str]:
    """Return how the table is read, and what is not in it."""
    study, shown = brief.study, brief.recorded_costs[:COSTS]
    unit = study.measure(study.headline).unit
    told = [f"Each against “{study.title(study.scenarios[0])}” in the same {_worlds(brief)}; means with 95 % "
            f"intervals. Gain: {brief.subject} in {study.quarters()[-1]}, {unit_words(unit)}."]  # fmt: skip
    told += for_scale(study)
    if shown:
        less = [cost.said.label for cost in shown if cost.said.worse == "less"]
        worse = f" Of {' and '.join(less)} less is worse." if less else ""
        told.append(f"Costs: means over {window(brief)}, as the case names them of {brief.payer}.{worse}")
    missing = [cost.said.label for cost in brief.costs if cost not in brief.recorded_costs]
    if missing:
        told.append(f"Not recorded in this study: {'; '.join(missing)}.")
    if not brief.costs:
        told.append(brief.no_costs)
    return [*told, "Money, votes and trade are not modelled: add what the options cost in these."]


def _chart(brief: Brief) -> tuple[str, str]:
    """Return the chart as svg, and why there is none."""
    from matplotlib import rc_context

    from cordiale.output.brief.chart import figures

    drawn = figures(brief)
    if not drawn:
        return "", "No chart: no option can be compared."
    figure = next(iter(drawn.values()))()
    file = io.StringIO()
    with rc_context({"svg.hashsalt": "brief", "svg.fonttype": "path"}):  # outlines: no font is asked for
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue(), ""


def _why(brief: Brief) -> list[str]:
    """Return through what the gain comes, and the causes where they were looked for."""
    asked, study = brief.asked, brief.study
    told = []
    if asked.parts and asked.gain is not None:
        first, *others = sorted(asked.parts, key=lambda part: -abs(asked.parts[part]))
        shown = dict(zip(asked.parts, _parts(option=asked), strict=False))
        told.append(
            f"Of what “{_cut(study.title(asked.scenario), TITLE)}” changes, {quantity(study, first)} adds "
            f"{shown[first]}"
            f"{f' and {quantity(study, others[0])} {shown[others[0]]}' if others else ''}. "
            "Parts are weighted, so that a row sums to the gain."
        )
    elif study.components:
        told.append("The study does not record the parts of the gain.")
    else:
        told.append(f"In the model {study.model['name']} the gain is not made of parts.")
    causes = brief.found.get("causes", ())[1:]  # without the line that says what they are of
    if causes:
        return [*told, *(_cut(each, SENTENCE) for each in causes[:SENTENCES])]
    return [*told, "We did not analyse the causes of these changes (cordiale causes)."]


def _changes(brief: Brief) -> list[tuple[str, list[str], str]]:
    return [(what, [whole_clauses(each, SENTENCE) for each in said[:SENTENCES]], command)
            for what, said, command in would_change(brief)]  # fmt: skip


def whole_clauses(text: str, most: int) -> str:
    """Return as many whole clauses of a sentence as have room, and "…" for the others; the first is cut if need be."""
    text = plain(text)
    kept = text if len(text) <= most else text[:most].rpartition("; ")[0]
    return kept + " …" * (kept != text) if kept else _cut(text, most)


# ---------------------------------------------------------------- set as HTML


def html(found: Contents) -> str:
    """Return two pages as the text of an HTML file that asks for no other."""
    image = base64.b64encode(found.chart.encode()).decode("ascii")
    spacious = len(found.options) <= SPACIOUS
    about = {name: getattr(found, name) for name in Contents.__dataclass_fields__}
    return _environment().get_template("brief.html").render(
        style=_style("brief.css"), image=image, spacious=spacious, size=size_of(found), **about
    )  # fmt: skip


def annex(brief: Brief) -> str:
    """Return the annex: what the options set, what counts as a cost, and every number with its source."""
    rebuilt = rebuild(brief.study)
    return _environment().get_template("annex.html").render(
        style=_style("report.css"), question=brief.question, policies=policies(rebuilt), costs=brief.costs,
        payer=brief.payer, sources=sources(rebuilt), numbers=len(rebuilt.first.numbers), doubts=rebuilt.doubts,
        command=command(rebuilt), tables=iter(range(1, 99)),
    )  # fmt: skip


def _environment() -> jinja2.Environment:
    """Return what sets templates: all that comes from files is escaped."""
    loaders = [jinja2.PackageLoader(f"cordiale.output.{each}") for each in ("brief", "report")]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=typeset,
    )  # fmt: skip
    environment.filters["exact"] = escape
    environment.globals |= {"next": next}
    return environment


def _style(name: str) -> Markup:
    environment = _environment()
    return Markup(environment.loader.get_source(environment, name)[0])  # type: ignore[union-attr]


def as_data(found: Contents) -> dict[str, Any]:
    """Return what stands on the pages as JSON, with minus signs and apostrophes set."""

    def set_(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: value[name] if name in ("chart", "again") else set_(value[name]) for name in value}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [set_(each) for each in value]
        return typeset(value)

    return dict(set_(asdict(found)))


SIZES = (11.0, 10.3, 9.6, 9.0, 8.4, 7.8, 7.2, 6.6)  # points, the largest that fits
WIDTH, HEIGHT = 510.0, 775.0  # points that the margins leave of a sheet
CHART = 176.0  # points: the least height of the chart
LETTER, BOLD, MONO = 0.52, 0.58, 0.61  # widths of a letter in its size, on average
SMALL = 0.88  # size of tables and notes in the text's
LEADING = 1.36


def size_of(found: Contents) -> float:
    """Return the size of the text in points."""
    fitting = (size for size in SIZES if max(first_sheet(found, size), second_sheet(found, size)) <= HEIGHT)
    return next(fitting, SIZES[-1])


def first_sheet(found: Contents, size: float) -> float:
    """Return the height of the first sheet in points, with the least chart."""
    extra = max(0, len(found.costs) - 1)
    title = WIDTH - size * ((17 if not found.costs else 29) + 6.4 * extra)  # what numbers leave to the titles
    heads = [_lines(cost, 6.0 * size, SMALL * size, BOLD) for cost in found.costs[1:]]
    rows = [max(1, _lines(option.title, title, SMALL * size)) for option in found.options]
    table = (max([2, *heads]) + sum(rows)) * 1.25 * SMALL * size + (len(rows) + 1) * 0.55 * size
    text = _height(found.made, size * SMALL) + _height(found.question, 1.9 * size, BOLD, 1.14)
    text += _height(" ".join([found.verdict, *found.answer]), 1.1 * size)
    notes = _height(" ".join(found.notes) + "x" * 50, size * SMALL)
    text += 5.2 * size if found.cards else 0.0
    return text + notes + table + 4.6 * size + (CHART if found.chart else _height(found.no_chart, size))


def second_sheet(found: Contents, size: float) -> float:
    """Return the height of the second sheet in points."""
    told = sum(_height(each, size) + 0.4 * size for each in [*found.why, *found.limits])
    narrow = WIDTH - 9.4 * size
    changes = sum(_change(said, command, narrow, size) for _, said, command in found.changes)
    title = WIDTH - 6.2 * size * (len(found.parts) + 1)
    rows = [max(1, _lines(option.title, title, SMALL * size)) for option in found.options if option.parts]
    table = (2 + sum(rows)) * 1.25 * SMALL * size + (len(rows) + 1) * 0.55 * size if rows else 0.0
    again = _height(found.again, 0.75 * size, MONO) + _height(found.design + "x" * 50, size * SMALL)
    return told + changes + table + again + 4 * 2.7 * size


def _change(said: list[str], command: str, width: float, size: float) -> float:
    lines = _lines(" ".join(said), width, size) if said else _lines(f"Not run: {command}", width, 0.84 * size, MONO)
    return max(2 if not said else 1, lines) * LEADING * size + 0.2 * size


def _lines(text: str, width: float, size: float, letter: float = LETTER) -> int:
    return ceil(len(text) * letter * size / width * 1.04)


def _height(text: str, size: float, letter: float = LETTER, leading: float = LEADING) -> float:
    return _lines(text, WIDTH, size, letter) * leading * size
