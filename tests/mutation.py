"""Do the tests test? `make mutation` changes the core in some thousand places, one at a time, and runs its tests.

`python -m tests.mutation --sample 150` takes so many changes of each group by lot and tells the share with its exact
interval. A change that no test notices has survived. `mutation.md` tells the score and of each survivor why it was
left; what survives and does not stand there is printed. mutmut does the work, in a copy under build/mutation with the
layout that it knows; a run that was broken off goes on. It changes bodies of functions, no constants of modules and
nothing that carries a decorator.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from mutmut.stats import status_by_exit_code
from scipy.stats import binomtest

BLIND = (  # they see what mutmut adds, and fail where nothing is changed
    "tests/models/test_behaviour.py::test_a_hedger_is_a_state_with_one_other_term",
    "tests/engine/test_failing_behaviour.py::test_what_is_not_a_number_is_told_with_whose_it_is",
)
USAGE = 4  # exit code of pytest where a test that is named does not exist
ROOT = Path(__file__).parent.parent
NOTES = Path(__file__).parent / "mutation.md"
COPIED = ("agents", "scenarios", "docs", "benchmarks", "outputs", "README.md", "pyproject.toml")
QUICK = """
from hypothesis import Phase, settings

settings.register_profile("mutation", phases=[Phase.explicit, Phase.generate])
"""


@dataclass(frozen=True)
class Group:
    """What is changed, and what should notice.

    Attributes
    ----------
    changed : files under simulation/cordiale
    tests : arguments of pytest
    dear : tests that are left to what survived the others
    """

    changed: tuple[str, ...]
    tests: tuple[str, ...]
    dear: tuple[str, ...]


SCENARIOS = (
    "baseline", "france_joins_softened_quad", "dual_use_revealed", "chinese_coercion", "export_forum_absent",
    "acsa_in_force", "admm_entry_backed", "japan_contribution_stalled", "access_talks_opened",
)  # fmt: skip
AGREE = tuple(f"tests/rules/test_reference.py::test_every_scenario_agrees[{name}]" for name in SCENARIOS)
DEAR = (
    "tests/rules/test_reference.py::test_any_pack_and_scenario_agree",
    "tests/models/test_measures.py::test_worlds_keep_ranges",
    "tests/rules/test_same_world.py::test_block_size_changes_no_byte[1]",
    "tests/rules/test_same_world.py::test_block_size_changes_no_byte[2]",
    "tests/rules/test_same_world.py::test_a_scenario_that_branches_late_is_the_full_run",
    "tests/models/test_behaviour.py",
    "tests/engine/test_failing_behaviour.py",
)
DEAR_TOO = (
    "tests/analysis/test_compare.py::test_simultaneous_intervals_cover_all_columns_at_once",
    "tests/analysis/test_sensitivity.py::test_the_command",
    "tests/analysis/test_sensitivity.py::test_shares_agree_with_ordinary_worlds",
    "tests/analysis/test_sample_size.py::test_the_command",
    "tests/analysis/test_compare.py::test_a_coding_is_a_context",
)
GROUPS = {
    "rules": Group(
        ("models/random.py", "models/parameters.py", "models/measures.py", "models/diplomacy/*.py"),
        (
            *(f"tests/rules/test_{name}.py" for name in ("golden", "same_world")),
            *(f"tests/models/test_{name}.py" for name in ("chronicle", "measures", "parameters")),
            "tests/case/test_bad_input.py::test_a_behaviour_that_cannot_be_used",
            "tests/study/test_attribution.py",
            "tests/study/test_narrative.py",
            *AGREE,
        ),
        DEAR,
    ),
    "estimators": Group(
        (
            *(f"analysis/{name}.py" for name in ("morris", "agreement", "sobol")),
            *(f"study/{name}.py" for name in ("intervals", "quantiles")),
        ),
        (
            *(f"tests/analysis/test_{name}.py" for name in ("compare", "sensitivity", "sample_size")),
            "tests/case/test_coding.py",
            "tests/study/test_quantiles.py",
            "tests/study/test_mixed_studies.py",
        ),
        DEAR_TOO,
    ),
}


def copy(name: str, group: Group) -> Path:
    """Lay the project down as mutmut knows it, and return where."""
    folder = ROOT / "build" / "mutation" / name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "simulation" / "cordiale", folder / "src" / "cordiale", dirs_exist_ok=True)
    for each in ("tests", *COPIED):
        source = ROOT / each
        (shutil.copytree if source.is_dir() else _copy_file)(source, folder / each, dirs_exist_ok=True)
    with (folder / "tests" / "conftest.py").open("a") as conftest:
        conftest.write(QUICK)
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/cordiale/{each}" for each in group.changed],
        "also_copy": list(COPIED),
        "pytest_add_cli_args": ["--hypothesis-profile=mutation"],
        "pytest_add_cli_args_test_selection": [*group.tests, *(f"--deselect={each}" for each in group.dear)],
        "timeout_multiplier": 4.0,
    }
    with (folder / "pyproject.toml").open("a") as project:
        project.write("\n[tool.mutmut]\n" + "".join(f"{key} = {json.dumps(each)}\n" for key, each in settings.items()))
    return folder


def _copy_file(source: Path, target: Path, dirs_exist_ok: bool) -> None:
    shutil.copyfile(source, target)


def run(folder: Path, sample: int | None) -> None:
    """Let mutmut work: on what is not done yet, and again on what survived, since tests may have grown.

    Parameters
    ----------
    sample : how many changes are taken by lot, always the same ones of the same code; all where None
    """
    mutmut = [sys.executable, "-m", "mutmut", "run"]
    if sample is not None:
        subprocess.run([*mutmut, "nothing.of.this.name"], cwd=folder, stdout=subprocess.DEVNULL)  # which lists them all
        every = sorted(everything(folder))
        subprocess.run([*mutmut, *Random(0).sample(every, min(sample, len(every)))], cwd=folder, check=True)
        return
    survived = alive(folder)
    subprocess.run(mutmut, cwd=folder, check=True)
    if survived:
        subprocess.run([*mutmut, *survived], cwd=folder, check=True)


def everything(folder: Path) -> dict[str, int | None]:
    """Return every mutant -> the exit code of its tests; None of one that was not tried."""
    found: dict[str, int | None] = {}
    for meta in sorted((folder / "mutants").rglob("*.py.meta")):
        found |= json.loads(meta.read_text())["exit_code_by_key"]
    return found


def results(folder: Path) -> dict[str, str]:
    """Return mutant -> what became of it, of those that were tried."""
    return {name: status_by_exit_code[code] for name, code in everything(folder).items() if code is not None}


def alive(folder: Path) -> list[str]:
    """Return the mutants that no test notices."""
    return [mutant for mutant, became in results(folder).items() if became in ("survived", "no tests")]


def notice(folder: Path, tests: tuple[str, ...], mutant: str) -> bool:
    """Return whether one of some tests notices a mutant; SystemExit where pytest finds one of them no more."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "--hypothesis-profile=mutation",
               *(f"--deselect={each}" for each in BLIND), *tests]  # fmt: skip
    own = {"PYTHONPATH": str(folder / "mutants" / "src"), "MUTANT_UNDER_TEST": mutant}
    done = subprocess.run(command, cwd=folder / "mutants", env=os.environ | own, capture_output=True, text=True)
    if done.returncode == USAGE:
        raise SystemExit(f"these tests cannot be run:\n{done.stdout}{done.stderr}")
    return done.returncode != 0


def change(folder: Path, mutant: str) -> str:
    """Return a mutant's change as `before -> after`."""
    command = [sys.executable, "-m", "mutmut", "show", mutant]
    lines = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.splitlines()
    before = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    after = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return f"{' '.join(before)} -> {' '.join(after)}"


def main() -> None:
    """Run what is named, or all; print the score, and each survivor that has no reason yet."""
    asked = ArgumentParser(description=main.__doc__)
    asked.add_argument("groups", nargs="*", choices=[[], *GROUPS])
    asked.add_argument("--sample", type=int, help="changes of each group, taken by lot")
    options = asked.parse_args()
    notes = NOTES.read_text("utf-8") if NOTES.is_file() else ""
    for name in options.groups or GROUPS:
        folder = copy(name, GROUPS[name])
        run(folder, options.sample)
        found, left = results(folder), alive(folder)
        if left and notice(folder, GROUPS[name].dear, ""):
            raise SystemExit(f"{name}: a test that is left to survivors fails where nothing is changed")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            noticed = pool.map(partial(notice, folder, GROUPS[name].dear), left)
        survived = [mutant for mutant, gone in zip(left, noticed, strict=True) if not gone]
        noticed_share = binomtest(len(found) - len(survived), len(found)).proportion_ci()
        print(
            f"{name}: {len(found)} changes of {len(everything(folder))}, {len(survived)} survived, "
            f"{1 - len(survived) / len(found):.1%} noticed (95 % {noticed_share.low:.1%} to {noticed_share.high:.1%})"
        )
        for mutant in survived:
            told = change(folder, mutant)
            if told not in notes:
                print(f"- {mutant.partition('__mutmut')[0]}: `{told}`")


if __name__ == "__main__":
    main()
