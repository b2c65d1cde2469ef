"""A family of models is one object: what every family keeps, and every command with another than the first."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from cordiale.case.numbers import coded_numbers
from cordiale.engine.block import run_blocks
from cordiale.files.errors import OptionError
from cordiale.models.base import FAMILIES, family_of
from cordiale.models.measures import requests_of
from cordiale.models.parameters import assemble, best
from cordiale.models.random import Streams
from cordiale.scenario.load import load_scenario
from cordiale.study.run import make_plan, run
from tests.commands import cordiale

SHORT = {"horizon": "2020Q2", "worlds": 12}


def blocks(names: list[str], model: str, block: int = 12, worlds: int = 12) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Values of scenarios, and the numbers that the worlds of the first drew."""
    plan = make_plan([load_scenario(name, set={**SHORT, "worlds": worlds}, model=model) for name in names])
    result = run_blocks(plan, 0, worlds, block)
    return result.values, result.inputs[names[0]]


@pytest.mark.parametrize("command", ["run", "odd"])
def test_help_lists_every_family(command: str, run_command: Callable[..., tuple[int, str, str]]) -> None:
    _, told, _ = run_command(command, "--help")
    assert ", ".join(FAMILIES) in " ".join(told.split())


@pytest.fixture(scope="module", params=FAMILIES)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_a_family_travels_by_name(name: str) -> None:
    """So that a worker of another process has the same one."""
    family = family_of(name)
    assert pickle.loads(pickle.dumps(family)) is family
    rules = family.rules(load_scenario("baseline", model=name).loaded)
    assert type(pickle.loads(pickle.dumps(rules))) is type(rules)


def test_headline_and_parts_are_measures_of_the_family(name: str) -> None:
    family = family_of(name)
    assert family.measure(family.headline).entity == "dyad"
    for part in family.parts:
        assert family.measure(part).entity in ("dyad", "directed")


def test_what_two_families_name_alike_is_alike() -> None:
    found = {name: family_of(name).measures for name in FAMILIES}
    assert {"position.", "similarity"} <= set.intersection(*(set(measures) for measures in found.values()))
    for each in set().union(*found.values()):
        assert len({measures[each].kind for measures in found.values() if each in measures}) == 1, each


def test_similarity_is_the_same_number_in_every_family_at_the_start() -> None:
    """Where no rule has moved anything yet, worlds of the same numbers have the same similarity."""
    found = {}
    for name in FAMILIES:
        scenario = load_scenario("baseline", set=SHORT, model=name)
        rules = scenario.family.rules(scenario.loaded)
        numbers = {path: each.coded for path, each in coded_numbers(scenario.loaded, scenario.names).items()}
        at = assemble(best(numbers), scenario.names)
        model = rules.start(at, lambda _, at=at: at, Streams(0, 0, 1))
        found[name] = scenario.family.measure("similarity").read(model.reading(), 0)[0]
    one, *others = found.values()
    apart = ~np.eye(len(one), dtype=bool)
    for each in others:
        assert each[apart] == pytest.approx(one[apart], abs=1e-9)


def test_every_measure_is_read_and_is_a_number(name: str) -> None:
    """Each measure of a scenario that names no measure, of each entity, in each quarter."""
    scenario = load_scenario("baseline", set=SHORT, model=name)
    family = family_of(name)
    asked = list(dict.fromkeys(each.rstrip(".") for each in family.measures))
    requests = requests_of(
        [each for each in scenario.measures if each.partition(".")[0] in asked], scenario.names, family
    )
    assert requests
    values, _ = blocks(["baseline"], name)
    assert values.shape[0] == 12
    assert np.isfinite(values).all()


@pytest.mark.parametrize("block", [1, 5])
def test_block_changes_no_byte(name: str, block: int) -> None:
    whole, _ = blocks(["baseline", "france_joins_quad"], name)
    assert blocks(["baseline", "france_joins_quad"], name, block)[0].tobytes() == whole.tobytes()


def test_fewer_worlds_are_the_same_worlds(name: str) -> None:
    whole, _ = blocks(["baseline"], name)
    assert blocks(["baseline"], name, worlds=5)[0].tobytes() == whole[:5].tobytes()


def test_company_changes_no_world(name: str) -> None:
    alone, _ = blocks(["baseline"], name)
    whole, _ = blocks(["baseline", "dual_use_revealed"], name)
    assert np.ascontiguousarray(whole[:, : alone.shape[1]]).tobytes() == alone.tobytes()


def test_world_n_draws_the_same_numbers_of_the_pack_in_every_family() -> None:
    """So that two families can be compared world by world: they differ in their rules and their own weights alone."""
    (_, one), *others = (blocks(["baseline"], name) for name in FAMILIES)
    for _, other in others:
        shared = set(one) & set(other)
        assert {"FRA.china_tone.ideal", "JPN.threat.CHN"} <= shared
        for path in shared:
            assert one[path].tobytes() == other[path].tobytes(), path


def test_two_families_in_one_study_are_refused(refused: Callable[..., str], workshop: Path) -> None:
    other = workshop / "scenarios" / "indo_pacific_2018" / "other.yaml"
    policy = {"title": "Other", "question": "What?", "basis": {"locator": "Opening 1", "says": "nothing"}}
    other.write_text(yaml.safe_dump(policy | {"extends": "baseline", "model": "landscape"}), "utf-8")
    message = refused("run", "baseline", "other", "--worlds", "5")
    assert "landscape" in message
    assert "diplomacy" in message


BAD = {
    "near": ("landscap", "no model 'landscap'; did you mean 'landscape'?"),
    "unknown": (
        "chess",
        "no model 'chess' (known: diplomacy, landscape, opinion, bargaining; MODULE:NAME for one of your own)",
    ),
    "not allowed": ("os:path", "the model 'os:path' is of a module that is not allowed: add --allow os"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_model_is_refused(refused: Callable[..., str], fault: str) -> None:
    name, message = BAD[fault]
    assert message in refused("run", "baseline", "--model", name, "--worlds", "5")


def test_what_is_no_family_is_refused() -> None:
    with pytest.raises(OptionError, match="is no Family"):
        family_of("os:path", ["os"])


# ---------------------------------------------------------------- a family from outside the package

OUTSIDE = '''
"""A family of one number: how near two states are on the first issue."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cordiale.case.fields import Names
from cordiale.models.base import Family
from cordiale.models.base import Measure


@dataclass(frozen=True, eq=False)
class World:
    position: np.ndarray

    @property
    def worlds(self):
        return len(self.position)


class Model:
    def __init__(self, at):
        self._at, self.quarter, self.parameters = at, 0, at(0)
        self.now = World(self.parameters.ideal)

    def step(self):
        self.parameters = self._at(self.quarter)
        self.now = World(self.now.position + self.parameters.trend)
        self.quarter += 1

    def resume(self, now, quarter):
        self.now, self.quarter = now, quarter

    def reading(self):
        return self.now


def near(world, _):
    return 1 - np.abs(world.position[:, :, None, 0] - world.position[:, None, :, 0])


@dataclass(frozen=True)
class Rules:
    names: Names
    behaviour = {}

    def start(self, drawn, at, streams):
        return Model(at)

    def shuffled(self, states, ties):
        return self


class Near(Family):
    name = "near"
    home = "outside:NEAR"
    weights = Path(__file__).with_name("weights.yaml")
    headline = "nearness"
    measures = {"nearness": Measure("dyad", None, "0 to 1", "nearness on the first issue", near)}
    world = World

    def rules(self, loaded, given=None, allowed=()):
        return Rules(Names(loaded.pack))


NEAR = Near()
'''


@pytest.fixture
def outside(workshop: Path) -> Path:
    """A working directory with a family of the user's own."""
    (workshop / "outside.py").write_text(OUTSIDE, "utf-8")
    (workshop / "weights.yaml").write_text("{}\n", "utf-8")
    return workshop


def test_a_family_of_the_users_own_is_run_and_read(outside: Path) -> None:
    """By a process of its own and by workers, drawn, verified, and opened again."""
    typed = ("--model", "outside:NEAR", "--allow", "outside")
    done = cordiale("run", "baseline", *typed, "--worlds", "600", "--jobs", "2", "--out", "study", cwd=outside)
    assert done.returncode == 0, done.stderr
    verified = cordiale("verify", "study", "--allow", "outside", cwd=outside)
    assert verified.returncode == 0, verified.stderr
    script = (
        "from cordiale.study.study import Study; s = Study.open('study'); print(s.model['name'], s.headline, "
        "round(float(s.frame('nearness:FRA-JPN').value.iloc[-1]), 3))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=outside, capture_output=True, text=True, check=True
    ).stdout
    model, headline, value = shown.split()
    assert (model, headline) == ("near", "nearness")
    assert 0 <= float(value) <= 1


# ---------------------------------------------------------------- every command with another family


RIVALS = {  # opinion has all but the pull in common with bargaining
    "landscape": ("same_side", "propensity", "energy:all", "same side"),
    "bargaining": ("similarity", "similarity", "settlement.china_tone:all", "similarity"),
}


@pytest.fixture(scope="module", params=RIVALS)
def rival(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def study(rival: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shipped scenarios by a rival family."""
    folder = tmp_path_factory.mktemp(rival)
    with pytest.warns(match=f"the model {rival} has no alignment"):
        run(["baseline", "france_joins_quad"], worlds=30, model=rival, out=folder / "study")
    return folder / "study"


COMMANDS = {
    "compare": ("compare", "STUDY", "--out", "OUT"),
    "charts": ("chart", "STUDY", "--out", "OUT"),
    "report": ("report", "STUDY", "--out", "OUT.html"),
    "export": ("export", "STUDY", "--format", "csv", "--out", "OUT"),
    "verify": ("verify", "STUDY"),
    "odd": ("odd", "indo_pacific_2018", "MODEL", "--out", "OUT.md"),
    "sweep": ("sweep", "baseline", "--over", "france_in_quad=0,1", "--model", "MODEL", "--worlds", "8",
              "--measure", "HEADLINE:FRA-JPN", "--out", "OUT"),
    "morris": ("sensitivity", "baseline", "--measure", "DYAD:FRA-JPN", "--method", "morris", "--samples", "2",
               "--luck", "1", "--model", "MODEL", "--set", "horizon=2019Q4", "--out", "OUT"),
    "sobol": ("sensitivity", "baseline", "--measure", "SYSTEM", "--group", "fields", "--samples", "4",
              "--luck", "1", "--model", "MODEL", "--set", "horizon=2019Q4", "--out", "OUT"),
    "moves": ("moves", "FRA", "--model", "MODEL", "--worlds", "4", "--set", "horizon=2019Q4", "--out", "OUT"),
    "handout": ("handout", "baseline", "france_joins_quad", "--worlds", "8", "--lever", "france_in_quad", "--model",
                "MODEL", "--out", "OUT.html"),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_knows_the_family(study: Path, rival: str, tmp_path: Path, command: str) -> None:
    """Each ends well, and speaks of no measure of the first family."""
    headline, dyad, system, words = RIVALS[rival]
    names = {"STUDY": str(study), "OUT": str(tmp_path / "out"), "MODEL": rival, "HEADLINE": headline, "DYAD": dyad,
             "SYSTEM": system}  # fmt: skip
    typed = list(COMMANDS[command])
    for name, value in names.items():
        typed = [each.replace(name, value) for each in typed]
    done = cordiale(*typed, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    assert "alignment" not in done.stdout.replace("indo_pacific", "")
    for page in tmp_path.glob("out.*"):
        assert words in page.read_text("utf-8").replace("_", " ")


def test_explain_says_what_the_model_records_instead() -> None:
    told = cordiale("explain", "baseline", "--model", "landscape", cwd=Path(__file__).parents[2]).stdout
    assert "model landscape" in " ".join(told.split())
    assert "same_side" in told


CANNOT = {
    "replay": ("replay", "STUDY", "--world", "7"),
    "causes": ("causes", "baseline", "--model", "MODEL"),
}


@pytest.mark.parametrize("command", CANNOT)
def test_what_the_family_cannot_is_said_in_a_line(study: Path, rival: str, command: str) -> None:
    words = [each.replace("STUDY", str(study)).replace("MODEL", rival) for each in CANNOT[command]]
    done = cordiale(*words, cwd=Path(__file__).parents[2])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"the model {rival}" in done.stderr


def test_the_manifest_says_what_the_model_is(study: Path, rival: str) -> None:
    """So that charts and tables of a study need not load the family, which may be the user's own."""
    told = json.loads((study / "manifest.json").read_text("utf-8"))["model"]
    family = family_of(rival)
    assert (told["name"], told["headline"], told["parts"]) == (family.name, family.headline, list(family.parts))
    assert set(told["measures"]) <= set(family.measures)
