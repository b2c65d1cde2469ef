"""A brief: a question, the options of a study with gain and cost, why, and what would change the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cordiale.analysis.brief_words import answer, verdict, would_change
from cordiale.analysis.compare import Comparison, differences, inside
from cordiale.analysis.gain_and_cost import Weighed, weighed
from cordiale.engine.sample import recording
from cordiale.files.atomic_write import write_files
from cordiale.files.errors import Faults, OptionError, UserError, short
from cordiale.files.extras import require
from cordiale.models.base import Family
from cordiale.scenario.costs import LoadedCost, measured_costs
from cordiale.scenario.file import find_scenario, lineage_of
from cordiale.scenario.overrides import check_said_once, with_options
from cordiale.scenario.settings import Scenario
from cordiale.study.design import read_design, scenarios_of
from cordiale.study.earlier_results import manifest_of, refuse_first_form, sentences_in
from cordiale.study.findings import findings, read_against
from cordiale.study.journal import Journal
from cordiale.study.labels import focus_first, plain
from cordiale.study.result import Result, Row, output
from cordiale.study.run import RUN, Progress, load_together, name_of, run, tell_sets
from cordiale.study.study import Study, hint_of, is_study
from cordiale.study.unfinished import Begun

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LONGEST = 160  # signs of a question, which is a heading
MOST = 12  # scenarios, for which two pages have room
CHART = "fan"  # of the study, by its name in `study.plot`
FOLDERS = {"sensitivity": "sentences", "robust": "in_short", "moves": "sentences", "claims": "sentences",
           "terms": "sentences"}  # fmt: skip
WHOSE = "this brief is"


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
    options: Sequence[Weighed]
    costs: Sequence[LoadedCost]
    found: Mapping[str, Sequence[str]]
    scenarios: Mapping[str, Scenario]
    contexts: Sequence[str]
    pdf: bool

    @property
    def asked(self) -> Weighed:
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

    def _line(self, option: Weighed) -> Row:
        line: Row = {"scenario": option.scenario, "title": self.study.title(option.scenario),
                     "against": option.against}  # fmt: skip
        columns = {"gain": option.gain} | {cost.name: option.costs.get(cost.name) for cost in self.costs}
        for name, change in columns.items():
            line |= {f"{name}{'_' * bool(end)}{end}": None if change is None else getattr(change, end or "mean")
                     for end in ("", "low", "high", "share")}  # fmt: skip
        return line

    def sentences(self) -> list[str]:
        """Return the answer, its verdict first."""
        return [verdict(self), *answer(self)]

    def would_change(self) -> list[tuple[str, list[str], str]]:
        """Return (what, what was found, the command that was not run) of all that could change the answer.

        One of the two is empty.
        """
        return would_change(self)

    def details(self) -> Row:
        """Return what its manifest says of it."""
        about = self.study.manifest
        own = {name: about[name] for name in ("pack", "seed", "worlds", "versions")}
        return own | {"question": self.question, "study": str(self.study.folder), "of": about["content"],
                      "sentences": self.sentences()}  # fmt: skip

    def record(self) -> Row:
        """Return what a program would read of it, as JSON."""
        tables = {name: table.to_dict("records") for name, table in self.tables().items()}
        told = [{"what": what, "found": said, "not_run": command} for what, said, command in self.would_change()]
        return {"question": self.question, "study": str(self.study.folder), "sentences": self.sentences(),
                **tables, "would_change": told}  # fmt: skip

    def chart(self) -> Figure:
        """Return the one chart of the brief; OptionError where the study has not what it needs."""
        return self.study.plot(f"{self.study.headline}:{self.study.manifest['focus']}", CHART)

    def figures(self) -> dict[str, Figure]:
        """Return the chart, where the study has what it needs."""
        try:
            return {CHART: self.chart()}
        except OptionError:
            return {}

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
    found : command -> folder that it wrote, of "sensitivity", "robust", "moves", "claims" and "terms"; "rival" ->
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
    gain = [f"{part}:{focus}" for part in (first.family.headline, *first.family.parts)]
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
    options = [weighed(study, name, costs, read_against(study, name)) for name in names]
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
