"""A brief: a question, the options of a study with gain and cost, why, and what would change the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.compare import Comparison, differences, inside
from cordiale.engine.sample import recording
from cordiale.files.atomic_write import write_files
from cordiale.files.errors import Faults, OptionError, UserError, short
from cordiale.files.extras import require
from cordiale.models.base import Family
from cordiale.models.measures import within
from cordiale.models.random import Array
from cordiale.models.units import YES_NO
from cordiale.scenario.costs import LoadedCost, measured_costs
from cordiale.scenario.file import find_scenario, lineage_of
from cordiale.scenario.overrides import check_said_once, with_options
from cordiale.scenario.settings import Scenario
from cordiale.study.attribution import moved_by, under_other_weights
from cordiale.study.design import read_design, scenarios_of
from cordiale.study.earlier_results import manifest_of, refuse_first_form, sentences_in
from cordiale.study.estimate import FALLS, LITTLE_CHANGE, RISES, Estimate, flat, listed
from cordiale.study.findings import effect_of, effect_words, findings, read_against, share_of_gap
from cordiale.study.intervals import difference_interval
from cordiale.study.journal import Journal
from cordiale.study.labels import focus_first, plain
from cordiale.study.result import Result, Row, output
from cordiale.study.run import RUN, Progress, load_together, name_of, run, tell_sets
from cordiale.study.study import Study, hint_of, is_study
from cordiale.study.unfinished import Begun

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 160  # signs of a question, which is a heading
MOST = 12  # scenarios, for which two pages have room
SHOWN = 3  # options that are named in a sentence
CHART = "options"
FOLDERS = {"sensitivity": "sentences", "robust": "in_short", "moves": "sentences", "claims": "sentences",
           "causes": "sentences"}  # fmt: skip
WHOSE = "this brief is"


@dataclass(frozen=True)
class Option:
    """A scenario with what it gains and costs.

    Attributes
    ----------
    scenario, against : names of it, and of what it is compared with
    gain : of the focus dyad's headline in the last quarter; None where nothing can be compared
    differences : (worlds,) of which the gain is the mean; empty where there is none
    costs : name -> change of its mean over the quarters after the first; without those that are not recorded
    parts : by how much each part moves the headline, means that sum to the gain; empty where it has no parts
    words : the gain in a sentence, or why there is none
    """

    scenario: str
    against: str
    gain: Estimate | None
    differences: Array = field(repr=False)
    costs: Mapping[str, Estimate]
    parts: Mapping[str, float]
    words: str

    @property
    def gained(self) -> float:
        """The mean gain; minus infinity where there is none."""
        return self.gain.mean if self.gain is not None else -np.inf


def option_of(study: Study, scenario: str, costs: Sequence[LoadedCost], against: str | None = None) -> Option:
    """Return what a scenario of a study gains and costs.

    Parameters
    ----------
    costs : of the state whose costs count
    against : the first scenario where None
    """
    other, dyad, measure = against or study.scenarios[0], str(study.manifest["focus"]), study.headline
    words, gain = effect_words(study, scenario, other), effect_of(study, scenario, other)
    if gain is None:
        return Option(scenario, other, None, np.empty(0), {}, {}, words)
    here, there = (study.values(measure, dyad, each, quarter=-1) for each in (scenario, other))
    sides = {cost.name: [cost_values(study, cost, each) for each in (scenario, other)] for cost in costs}
    paid = {
        cost.name: Estimate.of(np.subtract(*sides[cost.name]), cost.unit, cost.good)
        for cost in costs if all(len(each) for each in sides[cost.name])
    }  # fmt: skip
    return Option(scenario, other, gain, here - there, paid, moved_by(study, scenario, dyad, other), words)


def cost_values(study: Study, cost: LoadedCost, scenario: str) -> Array:
    """Return (worlds,) the mean of a cost's measures over the quarters after the first; empty where one is missing.

    The quarters are those of `cordiale moves`: what a policy costs is paid on the way, and not in the last quarter.
    """
    found = []
    for measure in cost.requests:
        name, _, entity = measure.partition(":")
        if entity not in study.measures(scenario).get(name, []):
            return np.empty(0)
        values = study.values(name, entity, scenario)
        found.append(values[:, 1:].mean(axis=1) if values.shape[1] > 1 else values[:, 0])
    return np.asarray(np.mean(found, axis=0))


@dataclass(frozen=True, repr=False)
class Brief(Result):
    """What a study answers to a question, for two printed pages.

    Attributes
    ----------
    question : on one line
    asked : the scenario that the question is about, the first that is compared
    options : every scenario that is compared, in the order of the study
    costs : of the first state of the focus dyad, as its pack names them
    found : command -> what it said, of those whose folder was given; "rival" for a study of another model
    scenarios : of the study, by name, as its folder holds them
    contexts : scenarios and "@codings" under which the study has the same differences again
    pdf : whether a PDF is written too
    """

    kind = "brief"
    digits = "%.6g"
    question: str
    study: Study
    options: Sequence[Option]
    costs: Sequence[LoadedCost]
    found: Mapping[str, Sequence[str]]
    scenarios: Mapping[str, Scenario]
    contexts: Sequence[str]
    pdf: bool

    @property
    def asked(self) -> Option:
        """The option that the question is about."""
        return self.options[0]

    @property
    def first(self) -> Scenario:
        """The scenario that others are compared with."""
        return self.scenarios[self.study.scenarios[0]]

    @property
    def family(self) -> Family:
        """The family of models."""
        return self.first.family

    @property
    def payer(self) -> str:
        """The name of the state whose costs count."""
        return self.first.loaded.pack.states[focus_first(self.study)].name

    @property
    def recorded_costs(self) -> list[LoadedCost]:
        """The costs that the study records for some option."""
        return [cost for cost in self.costs if any(cost.name in option.costs for option in self.options)]

    @property
    def no_costs(self) -> str:
        """Why no costs are told: the pack names none, or the model measures none of them."""
        if self.first.loaded.pack.states[focus_first(self.study)].costs:
            return f"The model {self.family.name} measures no cost that the pack names of {self.payer}."
        return f"The pack names no costs of {self.payer}."

    @property
    def subject(self) -> str:
        """What is gained: "alignment of France and Japan"."""
        names = (self.study.manifest["names"][code] for code in str(self.study.manifest["focus"]).split("-"))
        return f"{self.study.measure(self.study.headline).meaning} of {' and '.join(names)}"

    @cached_property
    def in_contexts(self) -> list[str]:
        """What is asked does under other scenarios and codings of the study, a sentence each."""
        if not self.contexts or self.asked.gain is None:
            return []
        measure = f"{self.study.headline}:{self.study.manifest['focus']}"
        found = differences(self.study, [measure], self.contexts)
        own = [row for row in found.differences if row.scenario.startswith(f"{self.asked.scenario} in ")]
        return Comparison(found.study, own).sentences()

    # ------------------------------------------------------------ as a result

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row an option with gain and costs, and a row an option and part of the headline."""
        import pandas as pd

        return {
            "options": pd.DataFrame([self._line(option) for option in self.options]),
            "parts": pd.DataFrame(
                [{"scenario": option.scenario, "against": option.against, "part": part, "moves": by}
                 for option in self.options for part, by in option.parts.items()],
                columns=["scenario", "against", "part", "moves"],
            ),
        }  # fmt: skip

    def _line(self, option: Option) -> Row:
        about = {"scenario": option.scenario, "title": self.study.title(option.scenario), "against": option.against}
        costs = {cost.name: option.costs[cost.name] for cost in self.costs if cost.name in option.costs}
        return flat({**about, **({"gain": option.gain} if option.gain else {}), **costs})

    def sentences(self) -> list[str]:
        """Return the answer, its verdict first."""
        return [verdict(self), *answer(self)]

    def details(self) -> Row:
        """Return what its manifest says of it."""
        about = self.study.manifest
        own = {name: about[name] for name in ("pack", "seed", "worlds", "versions")}
        return own | {"question": self.question, "study": str(self.study.folder), "of": about["content"],
                      "sentences": self.sentences()}  # fmt: skip

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        tables = {name: table.to_dict("records") for name, table in self.tables().items()}
        told = [{"what": what, "found": said, "not_run": command} for what, said, command in would_change(self)]
        return {"question": self.question, "study": str(self.study.folder), "sentences": self.sentences(),
                **tables, "would_change": told}  # fmt: skip

    def write(self, run: Journal) -> None:
        """Write it into the result of work in hand."""
        super().write(run)
        self.study.check_same()

    def lay_beside(self, folder: Path, replace: bool = False) -> None:
        """Write pages and tables into the study's own folder, all or none.

        Parameters
        ----------
        replace : whether files that lie there already may go
        """
        files: dict[str, Callable[[Path], object]] = {
            name: _writer(content) for name, content in output().pages(self).items()
        }
        for name, table in self.tables().items():
            files[f"{name}.csv"] = _writer(table.to_csv(index=False, float_format=self.digits))
        write_files(folder, files, replace, own=folder, still=self.study.check_same)


def _writer(content: str | bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode() if isinstance(content, str) else content)


# ---------------------------------------------------------------- from a study, or from scenarios that are run


def brief(
    question: str,
    scenarios: Study | str | Path | Sequence[str | Path | Scenario],
    *,
    found: Mapping[str, Path | str] | None = None,
    pdf: bool | None = None,
    worlds: int | None = None,
    seed: int | None = None,
    set: Mapping[str, object] | Sequence[str] = (),
    pack: str | None = None,
    model: str | None = None,
    out: Path | str | None = None,
    replace: bool = False,
    jobs: int | None = None,
    allow: Collection[str] = (),
    progress: Progress | None = None,
    begun_by: Begun | None = None,
    tell: Callable[[str], None] | None = None,
) -> Brief:
    """Return a brief: a question, its answer, options with gain and cost, why, and what would change the answer.

    The gain is the headline of the case's focus in the last quarter, the costs are those that the pack names of the
    first state of the focus. Scenarios are run as one study, in whose folder the brief is laid; of a study it is
    written where `save` or `lay_beside` is told to.

    Parameters
    ----------
    question : at most 160 signs
    scenarios : a study, or its folder; or the scenario that others are compared with, the one that is asked, and more;
        where the first is a policy, what it extends is compared with
    found : command -> folder that it wrote, of "sensitivity", "robust", "moves", "claims" and "causes"; "rival" ->
        a study of the same pack in another model
    pdf : whether a PDF is made too; where None, if the packages of the extra `print` are installed
    out : folder of the study; `outputs/brief-<names>` where None
    worlds, seed, set, pack, model, replace, jobs, allow, progress, tell : as in `run`
    begun_by : the command, with its options, that resumes the run if it is interrupted

    Raises
    ------
    FileError, OptionError, StudyError
    """
    question, pdf = checked(question), _printed(pdf)
    if " " not in question and _is_scenario(question, pack):
        raise OptionError(f"{short(question)} is a scenario: name the question first, in quotes, then the scenarios")
    if isinstance(scenarios, str | Path):
        scenarios = Study.open(scenarios) if is_study(scenarios) else [scenarios]
    if isinstance(scenarios, Study):
        return _of_study(question, scenarios, found or {}, pdf, allow)
    yardsticks = _yardsticks(scenarios, pack)
    if len(scenarios) == 1 and yardsticks:
        scenarios = [*yardsticks, *scenarios]
    else:
        scenarios = [*_without_policy(scenarios, pack), *scenarios]
    if len(scenarios) < 2:
        name = short(name_of(scenarios[0])) if scenarios else "nothing"
        hint = hint_of(Path(str(scenarios[0]))) if scenarios and not isinstance(scenarios[0], Scenario) else ""
        raise OptionError(
            f"nothing to compare with: {name} is no study{hint}; name the question first, then the scenario that "
            "others are compared with, then the others"
        )
    check_said_once(set, worlds=worlds, seed=seed)
    asked_names = [name_of(each) for each in scenarios]
    _check_room(len(asked_names))
    scenarios = [*scenarios, *_yardsticks(scenarios, pack)]
    loaded = load_together(scenarios, set, pack=pack, model=model, allow=allow)
    loaded = [with_options(scenario, seed=seed) for scenario in loaded]
    tell_sets(loaded, set, tell)
    told = _found(found or {}, loaded[0].loaded.pack.name, loaded[0].family.name)
    asked = _asked(loaded[0])
    folder = out or Path("outputs") / ("brief-" + "-".join(name_of(each) for each in scenarios))[:120]
    study = run(
        [recording(scenario, asked) for scenario in loaded], worlds=worlds, out=folder, replace=replace, jobs=jobs,
        allow=allow, progress=progress, begun_by=begun_by or RUN,
        finish=lambda unfinished: _made(
            question, unfinished, told, pdf, allow, asked_names
        ).lay_beside(unfinished.folder),
    )  # fmt: skip
    return _made(question, study, told, pdf, allow, asked_names)


def checked(question: str) -> str:
    """Return a question on one line; OptionError where it says nothing or is too long for a heading."""
    line = plain(question)
    if not line:
        raise OptionError("the question is empty: ask one, in quotes")
    if len(line) > LONGEST:
        raise OptionError(f"the question has {len(line):,} signs, and a brief has room for {LONGEST}: {short(line)}")
    return line


def _is_scenario(name: str, pack: str | None) -> bool:
    try:
        find_scenario(name, pack)
    except UserError:
        return False
    return True


def _without_policy(scenarios: Sequence[str | Path | Scenario], pack: str | None) -> list[Path]:
    """Return the scenario that the first one goes back to, where it is not among them: a reader asks against that."""
    if not scenarios or isinstance(scenarios[0], Scenario):
        return []
    with suppress(UserError):  # of a file with a fault, or none, which is told when it is loaded
        origin = lineage_of([find_scenario(scenarios[0], pack)], pack, Faults())[0]
        return [] if origin.name in [name_of(each) for each in scenarios] else [origin.path]
    return []


def _yardsticks(scenarios: Sequence[str | Path | Scenario], pack: str | None) -> list[str]:
    """Return the scenarios that some are to be read against, as their files say, and that are not among them."""
    named, found = [name_of(each) for each in scenarios], list[str]()
    for each in scenarios:
        with suppress(UserError):  # of a file with a fault, or none, which is told when it is loaded
            other = each.against if isinstance(each, Scenario) else find_scenario(each, pack).file.against
            found += [other] if other and other not in (*named, *found) else []
    return found


def _printed(pdf: bool | None) -> bool:
    """Return whether a PDF is made; OptionError where it is asked for and cannot be."""
    from importlib.util import find_spec

    if pdf:
        require("typst", "print", "--pdf")
    return find_spec("typst") is not None if pdf is None else pdf


def _check_room(scenarios: int) -> None:
    if scenarios > MOST:
        raise OptionError(f"{scenarios} scenarios, and a brief has room for {MOST}: leave some out")


def _asked(first: Scenario) -> list[str]:
    """Return the measures of the gain, its parts and the costs."""
    focus = first.loaded.pack.case.focus
    gain = [first.family.headline, *(f"{part}:{focus}" for part in first.family.parts)]  # of all: a gap to compare with
    costs = measured_costs(focus.split("-")[0], first.loaded, first.names, first.family)
    return list(dict.fromkeys([*gain, *(measure for cost in costs for measure in cost.requests)]))


def _of_study(question: str, study: Study, found: Mapping[str, Path | str], pdf: bool, allow: Collection[str]) -> Brief:
    refuse_first_form(study.model, study.folder)
    return _made(question, study, _found(found, study.manifest["pack"], study.model["name"]), pdf, allow)


def _made(
    question: str, study: Study, found: Mapping[str, Sequence[str]], pdf: bool, allow: Collection[str],
    asked: Sequence[str] = (),
) -> Brief:  # fmt: skip
    """Return the brief of a study.

    Parameters
    ----------
    asked : names of the options; all but those that others are read against where there are none
    """
    scenarios = {each.name: each for each in scenarios_of(study.folder, read_design(study.folder), allow)}
    first, contexts = scenarios[study.scenarios[0]], _contexts(study)
    inner = {name for each in contexts for other in study.scenarios for name in inside(each, study.scenarios[0], other)}
    names = [name for name in study.scenarios[1:] if name not in inner and name in (asked or study.scenarios)]
    yardsticks = {read_against(study, name) for name in names}
    names = [name for name in names if asked or name not in yardsticks]
    if not names:
        raise OptionError(f"{study.scenarios[0]} is the only scenario of the study: nothing to compare it with")
    _check_room(1 + len(names))
    costs = measured_costs(focus_first(study), first.loaded, first.names, first.family)
    options = [option_of(study, name, costs, read_against(study, name)) for name in names]
    return Brief(question, study, options, costs, found, scenarios, contexts, pdf)


def _contexts(study: Study) -> list[str]:
    """Return under what else the study has all differences: C where it has A+C of each A, "@coding" where A@coding."""
    base, names = study.scenarios[0], study.scenarios
    plain_names = [name for name in names[1:] if "@" not in name]
    under = [each for each in plain_names if any(f"{one}+{each}" in names for one in plain_names)]
    under += [f"@{name.partition('@')[2]}" for name in names if name.startswith(f"{base}@")]
    inner = {name for each in under for other in plain_names for name in inside(each, base, other)}
    options = [name for name in plain_names if name not in inner]
    return [each for each in under if options and all(set(inside(each, base, one)) <= {*names} for one in options)]


def _found(folders: Mapping[str, Path | str], pack: str, model: str) -> dict[str, list[str]]:
    """Return command -> what it said, of folders; OptionError where one is not what its command writes."""
    told: dict[str, list[str]] = {}
    for kind, folder in folders.items():
        path = Path(folder)
        if kind == "rival":
            told[kind] = _rival(path, pack, model)
            continue
        if kind not in FOLDERS:
            raise OptionError(f"found: {short(kind)} is no command that a brief reads ({', '.join(FOLDERS)}, rival)")
        manifest = manifest_of(kind, path, pack, whose=WHOSE)
        told[kind] = [plain(each) for each in sentences_in(manifest, kind, path, FOLDERS[kind])]
    return told


def _rival(folder: Path, pack: str, model: str) -> list[str]:
    """Return the findings of a study of the same pack in another model."""
    study = Study.open(folder)
    of, name = study.manifest["pack"], study.model["name"]
    if of != pack:
        raise OptionError(f"--rival {folder}: it is of the pack {short(of)}, and {WHOSE} of '{pack}'")
    if name == model:
        raise OptionError(f"--rival {folder}: it is of the model {short(name)}, as this brief: run it with --model")
    return [f"In the model {name}: {sentence}" for sentence in findings(study)]


# ---------------------------------------------------------------- in words


def verdict(brief: Brief) -> str:
    """Return the answer in one short sentence: yes, no or too close to call, with its size and its gravest cost."""
    asked = brief.asked
    if asked.gain is None:
        return f"Nothing can be said of the {brief.subject}."
    gain = asked.gain
    word = {RISES: "Yes", FALLS: "No", LITTLE_CHANGE: "No"}.get(gain.verdict, "Too close to call")
    gap = share_of_gap(brief.study, gain) if gain.noticeable else ""
    told = [f"{word}: {gain.phrase(brief.subject)}{gap and ', '}{gap}"]
    if cost := next((each for each in brief.recorded_costs[:1] if each.name in asked.costs), None):
        told.append(asked.costs[cost.name].phrase(within(cost.said.label)))
    return f"{'; '.join(told)}."


def answer(brief: Brief) -> list[str]:
    """Return the answer in sentences: what is gained, what it costs, and how it compares with other options."""
    return [brief.asked.words, _cost(brief), *_others(brief)]


def _cost(brief: Brief) -> str:
    """Return the gravest cost of what is asked, or why none is told."""
    asked = brief.asked
    if not brief.costs:
        return brief.no_costs
    cost = next((each for each in brief.costs if each.name in asked.costs), None)
    if cost is None:
        return f"The study does not record the costs of {brief.payer}: {listed([c.said.label for c in brief.costs])}."
    found, worse = asked.costs[cost.name], " (of which less is worse)" if cost.said.worse == "less" else ""
    label, detail = within(cost.said.label), f" ({found.detail()})" if found.detail() else ""
    return f"Cost{worse}: {found.phrase(label)}, mean over {window(brief)}{detail}."


def window(brief: Brief) -> str:
    """Return the quarters over which costs are means: "2019Q1 to 2025Q4"."""
    quarters = brief.study.quarters()
    return f"{quarters[min(1, len(quarters) - 1)]} to {quarters[-1]}"


def _others(brief: Brief) -> list[str]:
    """Return which option gains most, and which gain as much for less of the gravest cost."""
    asked, rivals = brief.asked, [each for each in brief.options[1:] if each.gain is not None]
    if not rivals or asked.gain is None:
        return ["No other option was compared: a brief takes more scenarios."]
    best, *others = sorted((asked, *rivals), key=lambda each: -each.gained)
    apart = difference_interval(best.differences - others[0].differences, best.gain.unit == YES_NO)  # type: ignore[union-attr]
    name, next_name = (brief.study.title(each.scenario) for each in (best, others[0]))
    gains = [each.gain.full for each in (best, others[0]) if each.gain is not None]
    if apart[1] > 0:
        told = f"Of the {len(rivals) + 1} options “{name}” gains most: {gains[0]}, against {gains[1]} of “{next_name}”."
    else:
        told = f"“{name}” ({gains[0]}) and “{next_name}” ({gains[1]}) do not differ clearly."
    cheaper = sorted((each for each in rivals if _cheaper(brief, each)), key=lambda each: -each.gained)
    if not cheaper:
        return [told]
    named = listed([f"“{brief.study.title(each.scenario)}”" for each in cheaper[:SHOWN]])
    more = f" and {len(cheaper) - SHOWN} more" if len(cheaper) > SHOWN else ""
    gain = "gains" if len(cheaper) == 1 else "gain"
    label = within(brief.recorded_costs[0].said.label)
    return [told, f"{named}{more} {gain} as much with a clearly better result in {label}."]


def _cheaper(brief: Brief, option: Option) -> bool:
    """Whether an option gains no less than what is asked, and clearly and noticeably less of the gravest cost."""
    asked, costs = brief.asked, brief.recorded_costs
    if not costs or costs[0].name not in option.costs or costs[0].name not in asked.costs:
        return False
    cost, study = costs[0], brief.study
    here, there = (cost_values(study, cost, each.scenario) for each in (option, asked))
    saved = Estimate.of(here - there, cost.unit, cost.good)
    return saved.noticeable and saved.better > 0 and option.gained >= asked.gained


def would_change(brief: Brief) -> list[tuple[str, list[str], str]]:
    """Return (what, what was found, the command that was not run) of all that could change the answer.

    One of the two last is empty.
    """
    study, asked = brief.study, brief.asked
    dyad, one, other = study.manifest["focus"], asked.scenario, asked.against
    of_pack = f"--pack {study.manifest['pack']}"
    codings = [each for each in brief.contexts if each.startswith("@")]
    futures = [each for each in brief.contexts if not each.startswith("@")]
    under = {each: [text for text in brief.in_contexts if _under(each) in text] for each in brief.contexts}
    sensitivity = f"cordiale sensitivity {one} --against {other} --measure {study.headline}:{dyad} {of_pack}"
    rows = [
        ("Coded numbers, weights, chance", _worlds(brief), ""),
        ("Other weights of the parts", _other_weights(brief), ""),
        ("Which numbers most", _of(brief, "sensitivity"), sensitivity),
        ("Another coder", [text for each in codings for text in under[each]],
         f"cordiale compare {other} {one} --coding FILE {of_pack}"),
        ("Other futures", [text for each in futures for text in under[each]] + _of(brief, "robust"),
         f"cordiale robust {focus_first(study)} {of_pack}"),
        ("Other moves", _of(brief, "moves"), f"cordiale moves {focus_first(study)} {of_pack}"),
        ("Another model", _of(brief, "rival"), f"cordiale run {other} {one} --model NAME {of_pack}"),
        ("The article's own claims", _of(brief, "claims"), f"cordiale claims {of_pack}"),
    ]  # fmt: skip
    return [(what, said, "" if said else command) for what, said, command in rows if said or command]


def _worlds(brief: Brief) -> list[str]:
    """Return in how many worlds the gain goes which way: each draws its own numbers, weights and chance events."""
    gain = brief.asked.gain
    return [] if gain is None or not gain.shares else [f"Each world draws its own. The gain is {gain.shares}."]


def _other_weights(brief: Brief) -> list[str]:
    """Return between which ends the gain lies where its parts, which weigh the same by definition, do not."""
    gain = brief.asked.gain
    if gain is None or not brief.asked.parts:
        return []
    low, high = under_other_weights(np.array(list(brief.asked.parts.values())))
    stands = "it keeps its sign" if low * high > 0 else "its sign may turn"
    return [f"With each part's weight from half to twice its own, the gain is from {gain.text(low)} to "
            f"{gain.text(high)}: {stands}."]  # fmt: skip


def _of(brief: Brief, kind: str) -> list[str]:
    return list(brief.found.get(kind, ()))


def _under(context: str) -> str:
    """Return how a comparison calls a context."""
    return f"under {context.replace('@', 'the coding ')} "
