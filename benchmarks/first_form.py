"""Chances of the shipped questions from the first form of the model, run from the last commit that has it.

`python -m benchmarks.first_form OUT.csv` lays that commit into a folder that goes again, installs it there into an
environment of its own, runs its baseline with the measures that the questions read, and writes a row a question: id,
chance, worlds. The first form knows agreements in force and no signatures, so that what asks of a signature is read as
in force; it has thirteen states, three formats, and neither events nor ruptures, so that most questions have no row.
No answer is read.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tarfile
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from cordiale.scenario.forecast_questions import Asked, load_forecast_questions
from cordiale.scenario.load import load_scenario
from cordiale.study.earlier_results import FIRST_FORM, LAST
from cordiale.study.study import Study

PACK, WORLDS = "indo_pacific_2018", 1000
ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "scenarios" / PACK / "questions.yaml"
UV = str(Path(sys.executable).with_name("uv"))


def in_first_form(measure: str) -> str:
    """Return a measure as the first form has it: what is signed, as in force."""
    return measure.replace("signed.", "agreement.", 1) if measure.startswith("signed.") else measure


def has(measure: str, case: dict[str, dict[str, object]]) -> bool:
    """Return whether the first form's pack has a measure with its entity."""
    name, _, entity = in_first_form(measure).partition(":")
    head, dot, part = name.partition(".")
    kind = FIRST_FORM["measures"].get(head + dot)
    parts: Collection[str] = case.get(f"{kind['of']}s", {}) if kind and kind["of"] else [part]
    states = entity.replace(">", "-").split("-")
    return kind is not None and part in parts and set(states) <= set(case["states"])


def readable(asked: list[Asked], case: dict[str, dict[str, object]]) -> list[Asked]:
    """Return the questions whose measures the first form has."""
    return [each for each in asked if each.truth is not None and all(has(name, case) for name in each.measures)]


def run_there(folder: Path, measures: list[str]) -> Study:
    """Run the baseline of the first form in an environment of its own, and return its study."""
    python = folder / "environment" / "bin" / "python"
    code = folder / "code"
    subprocess.run([UV, "venv", "--quiet", str(folder / "environment")], check=True)
    subprocess.run([UV, "pip", "install", "--quiet", "--python", str(python), str(code)], check=True)
    scenario = {
        "title": "Measures of questions", "question": "What does the first form say?", "extends": "baseline",
        "basis": {"locator": "Opening 3", "says": "nothing is changed"}, "measures": measures,
    }  # fmt: skip
    path = folder / "asked.yaml"
    path.write_text(yaml.safe_dump(scenario), "utf-8")
    words = ["run", str(path), "--pack", PACK, "--worlds", str(WORLDS), "--out", str(folder / "study")]
    subprocess.run([str(python), "-m", "cordiale", *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return Study.open(folder / "study")


def rows_of(asked: list[Asked], study: Study) -> list[dict[str, object]]:
    """Return a row a question: the share of worlds of a study in which it is answered by yes."""
    rows: list[dict[str, object]] = []
    for each in asked:
        values = {name: study.values(in_first_form(name)) for name in each.measures}
        assert each.truth is not None
        yes = each.truth.met(values)
        read = yes | True if each.given is None else each.given.met(values)
        if read.any():
            rows.append(
                {"id": each.id, "chance": round(float((yes & read).sum() / read.sum()), 6), "worlds": read.sum()}
            )
    return rows


def main(out: Path) -> None:
    """Write the table."""
    asked = load_forecast_questions(QUESTIONS, load_scenario("baseline", pack=PACK))
    with TemporaryDirectory() as place:
        folder = Path(place)
        archive = subprocess.run(["git", "archive", LAST], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(folder / "code", filter="data")
        case = yaml.safe_load((folder / "code" / "agents" / PACK / "case.yaml").read_text("utf-8"))
        known = readable(asked, case)
        measures = sorted({in_first_form(name) for each in known for name in each.measures})
        rows = rows_of(known, run_there(folder, measures))
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "chance", "worlds"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} of {len(asked)} questions, {WORLDS} worlds of the commit {LAST}: {out}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m benchmarks.first_form OUT.csv")
    main(Path(sys.argv[1]))
