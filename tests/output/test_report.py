"""The report: one file, which says what the study says, escapes what files say, and owns up to what is missing."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from cordiale.analysis.claim_record import recorded_path
from cordiale.analysis.claim_rule import Verdict, find
from cordiale.analysis.claim_score import score_of
from cordiale.analysis.compare import compare, differences
from cordiale.analysis.judge import Settings, Verdicts
from cordiale.files.error_messages import validate
from cordiale.files.errors import OptionError, StudyError
from cordiale.files.yaml_file import read
from cordiale.models.units import SD
from cordiale.output.pages.findings import limits
from cordiale.output.report.elements import signed, typeset
from cordiale.output.report.page import html, report
from cordiale.output.report.rebuilt import coded_by, rebuild
from cordiale.output.report.sensitivity import MOST_ROWS
from cordiale.scenario.claims import Claim, ClaimsFile
from cordiale.scenario.load import load_scenario
from cordiale.study.findings import findings
from cordiale.study.labels import quantity
from cordiale.study.run import run
from cordiale.study.study import Study
from tests.packs import random_pack, random_scenario, write

PACK = "indo_pacific_2018"
QUICK = {"horizon": "2019Q4"}
HOSTILE = "<script>alert(1)</script> & \"double\" 'single' {{ 7 * 7 }}"


class Page(HTMLParser):
    """A page taken apart: tags, attributes, ids, and the text of elements by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.open += [] if tag in ("meta", "img", "br", "link") else [tag]
        self.rows += [[]] if tag == "tr" else []
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["style"]:
            return
        self.words.append(data)
        if self.rows and self.rows[-1] and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three scenarios in a few worlds."""
    names = ["baseline", "france_joins_quad", "us_retrenchment"]
    return run(names, worlds=16, set=QUICK, out=tmp_path_factory.mktemp("report") / "study")


@pytest.fixture(scope="session")
def text(study: Study) -> str:
    return html(study)


@pytest.fixture(scope="session")
def page(text: str) -> Page:
    return Page(text)


def changed(study: Study, *, scenarios: int | None = None, **about: object) -> Study:
    """Return a study whose manifest says something else of its last scenario, or has the first few only."""
    told = [dict(each) for each in study.manifest["scenarios"]][:scenarios]
    told[-1] |= about
    return Study(study.folder, {**study.manifest, "scenarios": told})


@pytest.fixture(scope="session")
def small(study: Study) -> Study:
    """The study's first scenario with one measure, which is reported quickly."""
    about = study.manifest["scenarios"][0]
    return changed(study, scenarios=1, measures={"alignment": about["measures"]["alignment"]})


def claims() -> list[Claim]:
    """Return the pack's claims."""
    return validate(read(recorded_path(PACK).with_name("claims.yaml")), ClaimsFile).claims


# ---------------------------------------------------------------- one file


def test_nothing_is_asked_for_from_outside(text: str, page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    addresses = [value for _, name, value in page.attributes if name in ("src", "href", "xlink:href", "srcset", "data")]
    assert addresses
    assert [address for address in addresses if not address.startswith(("#", "data:"))] == []
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not re.search(r"@import|url\((?!#)", text)
    assert "default-src 'none'" in next(value for _, _, value in page.attributes if "default-src" in value)


def test_every_reference_has_one_end(text: str, page: Page) -> None:
    ids = Counter(value for _, name, value in page.attributes if name == "id")
    assert max(ids.values()) == 1, ids.most_common(3)
    wanted = {value[1:] for _, name, value in page.attributes if name.endswith("href") and value[:1] == "#"}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert len(wanted) > 20
    assert wanted <= set(ids)


def test_no_sentence_under_a_figure_ends_twice(text: str) -> None:
    under = re.findall(r"<figcaption>.*?</figcaption>", text, re.DOTALL)
    assert under
    assert not [each for each in under if re.search(r"\.\.\s*<", each)]


def test_figures_are_text_and_named(text: str, page: Page) -> None:
    figures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(figures) >= 6
    for figure in figures:
        assert re.match(r'<svg [^>]*role="img" aria-label="[^"]{10,}', figure) or 'role="img"' in figure[:600]
        assert figure.count("<text") > 5, "letters are text, not outlines"
        assert "<style" not in figure, "matplotlib's rule for * would hold for the whole page"
    assert page.tags.count("figcaption") == len(figures)


def test_size_language_and_headings(text: str, page: Page) -> None:
    assert len(text.encode()) < 3_000_000
    assert ("html", "lang", "en") in page.attributes
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


# ---------------------------------------------------------------- what it says


def test_findings_and_differences_are_those_of_the_study(study: Study, page: Page) -> None:
    for sentence in findings(study):
        assert typeset(sentence) in page.text
    for row in differences(study).differences:
        found, title = row.estimate, study.title(row.scenario)
        told = [f"{found.mean:+.2f}".replace("-", "−").replace("+0.00", "0").replace("−0.00", "0"), found.interval]
        (line,) = [cells for cells in page.rows if cells[:2] == [title, quantity(study, row.measure)]]
        assert [*line[2:4], line[-1]] == [*told, found.verdict]


def test_scenarios_are_told_in_words(study: Study, page: Page) -> None:
    for name in study.scenarios:
        scenario = load_scenario(name)
        assert typeset(scenario.title) in page.text
        assert typeset(scenario.file.question) in page.text
        for lever in scenario.moved:
            assert typeset(scenario.loaded.pack.case.levers[lever].label) in page.text


def test_every_number_has_its_source(page: Page) -> None:
    scenario = load_scenario("baseline")
    told: dict[str, list[str]] = {}
    for row in page.rows:
        if len(row) == 5 and re.fullmatch(r"[−\d.]+ / [−\d.]+ / [−\d.]+", row[1]):
            for path in unfolded(row[0]):
                told[path] = row
    assert set(told) == set(scenario.numbers)
    for path, number in scenario.numbers.items():
        coded, row = number.coded, told[path]
        assert row[1] == typeset(f"{coded.low:g} / {coded.best:g} / {coded.high:g}")
        assert row[2:4] == [coded.basis, typeset(coded.source or f"{coded.locator}: {coded.paraphrase}")]
        assert row[4].endswith(f"{Path(number.place[0]).name}:{number.place[1]}")


def unfolded(cell: str) -> list[str]:
    """Return the paths at the end of a cell: "words a.b, c.d" or "words {A-B, A-C}.trust"."""
    if found := re.search(r"\{([^}]+)\}(\.\S+)$", cell):
        return [f"{head}{found[2]}" for head in found[1].split(", ")]
    paths = []
    for part in reversed(cell.split()):
        if paths and not part.endswith(","):
            break
        paths.append(part.rstrip(","))
    return paths


def test_limits_are_those_of_the_readme(page: Page) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    section = readme.split("## What this model cannot tell you")[1].split("## ")[0]
    listed = section.strip().split("\n\n")[0]
    told = [" ".join(item.split()) for item in listed.removeprefix("- ").split("\n- ")]
    known = limits(load_scenario("baseline"))
    assert told == [limit.short for limit in known]
    assert all(typeset(str(limit)) in page.text for limit in known)


def test_the_command_makes_the_study_again(study: Study, page: Page) -> None:
    lines = (line.strip() for words in page.words for line in words.splitlines())
    command = next(line for line in lines if line.startswith("cordiale run"))
    words = shlex.split(command)
    assert words[:5] == ["cordiale", "run", *study.scenarios]
    assert words[words.index("--worlds") + 1] == str(study.worlds)
    assert words[words.index("--seed") + 1] == str(study.manifest["seed"])
    assert words[words.index("--pack") + 1] == study.manifest["pack"]
    assert "run from Python" in page.text
    assert f"Install cordiale {study.manifest['versions']['cordiale']}: pip install . in a clone" in page.text


def test_a_typed_command_is_shown_as_it_was(small: Study) -> None:
    typed = ["cordiale", "run", "baseline", "--set", "FRA.china_tone.trend=-0.05", "--out", "it's here"]
    told = Study(small.folder, {**small.manifest, "command": typed})
    assert shlex.join(typed) in Page(html(told)).text


def test_what_the_page_has_no_say_in_is_escaped(study: Study) -> None:
    told = Page(html(changed(study, title=HOSTILE, question=HOSTILE, basis={"locator": HOSTILE, "says": HOSTILE})))
    assert "script" not in told.tags
    assert not [name for _, name, _ in told.attributes if name.startswith("on")]
    assert told.text.count(typeset(HOSTILE)) > 5


# ---------------------------------------------------------------- claims, sensitivity, coders


def test_no_score_without_the_placebo_number(small: Study, page: Page, tmp_path: Path) -> None:
    assert "it gives no score" in page.text
    assert "discriminating score" not in page.text
    judged = []
    for claim in claims():
        seen = [find(each, sign, np.full(20, 0.1), np.full((2, 5), 0.1)) for sign, each in claim.contrasts]
        judged.append(Verdict(claim, "supported", seen, 0.4) if seen else Verdict(claim, "not testable"))
    score = score_of([], ["labels"] * 3, 0)
    found = Verdicts(PACK, Settings(20, 2, placebos=3), judged, score, score, np.zeros((3, 0), dtype=bool), True)
    found.frame().to_csv(tmp_path / "claims.csv", index=False)
    (tmp_path / "manifest.json").write_text(json.dumps({"pack": PACK, **found.details()}), "utf-8")
    told = Page(html(small, tmp_path))
    assert all(typeset(words) in told.text for words in found.sentences())
    assert sum(row[-1:] == ["40%"] for row in told.rows) == len(found.tested)


def test_the_unit_of_alignment_is_said_in_words(page: Page) -> None:
    assert "Alignment: in standard deviations (SD) across pairs of states at the start" in page.text
    assert "0.05 is small" in page.text


def test_levels_are_told_with_the_decimals_of_their_unit(study: Study, page: Page) -> None:
    told = {row[0]: row[1:3] for row in page.rows if len(row) == 5}
    for title, measure, unit in (
        ("Alignment of France and Japan", "alignment", SD),
        ("Events: exercises at sea, France and Japan", "events.exercise", "a quarter"),
    ):
        values = study.values(measure, "FRA-JPN", "baseline", quarter=-1)
        middle = values.mean() if unit == "a quarter" else np.median(values)
        assert told[title][0] == unit
        assert told[title][1].startswith(f"{middle:.2f} (")


def test_claims_that_the_levers_touch_stand_first(page: Page) -> None:
    levers = load_scenario("france_joins_quad").loaded.pack.case.levers
    moved = {"france_in_quad", *levers["france_in_quad"].moves}
    touching = {
        each.paraphrase for each in claims()
        if each.test and moved & {*each.test.to.set, *each.test.from_.set}
    }  # fmt: skip
    assert touching
    for words in touching:
        assert page.text.index(typeset(words)) < page.text.index("6. What moves the result")
    assert all(typeset(each.paraphrase) in page.text for each in claims())


def test_claims_of_another_pack_are_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"--claims .*holds no claims\.csv"):
        html(study, tmp_path)
    (tmp_path / "claims.csv").write_text("id,verdict,effect,low,high,codings,placebo\n", "utf-8")
    (tmp_path / "manifest.json").write_text('{"pack": "another", "sentences": []}', "utf-8")
    with pytest.raises(OptionError, match="of the pack 'another'"):
        html(study, tmp_path)


def test_sensitivity_is_told_where_it_was_run(small: Study, page: Page, tmp_path: Path) -> None:
    assert "No sensitivity analysis was given" in page.text
    focus = small.manifest["focus"]
    manifest = {
        "kind": "sensitivity", "pack": PACK, "title": HOSTILE, "measure": f"alignment:{focus}", "quarter": "2019Q4",
        "sentences": ["89% is coding.", "Japan moves it."], "command": ["cordiale", "sensitivity", "baseline"],
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "groups.csv").write_text("group,first,total\nJapan,0.25,-0.5\n", "utf-8")
    (tmp_path / "charts").mkdir()
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="500pt"><script>alert(2)</script></svg>'
    (tmp_path / "charts" / "tornado.svg").write_text(drawing, "utf-8")
    told = Page(html(small, None, tmp_path))
    assert "script" not in told.tags
    assert ["Japan", "0.25", "−0.50"] in told.rows
    assert "89% is coding." in told.text
    image = next(value for tag, name, value in told.attributes if (tag, name) == ("img", "src"))
    assert base64.b64decode(image.partition(",")[2]).decode() == drawing
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"pack": "another"}), "utf-8")
    with pytest.raises(OptionError, match="of the pack 'another'"):
        html(small, None, tmp_path)
    for spoilt in ("{", "[]", json.dumps(manifest | {"kind": "sweep"})):
        (tmp_path / "manifest.json").write_text(spoilt, "utf-8")
        with pytest.raises(OptionError, match="not what `cordiale sensitivity` writes"):
            html(small, None, tmp_path)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(OptionError, match="run `cordiale sensitivity` first"):
        html(small, None, tmp_path)


def test_of_many_groups_the_first_are_told(small: Study, tmp_path: Path) -> None:
    told = {"kind": "sensitivity", "pack": PACK, "title": "Many", "measure": "no:thing", "quarter": "2019Q4"}
    (tmp_path / "manifest.json").write_text(json.dumps(told | {"sentences": [], "command": []}), "utf-8")
    rows = "".join(f"group {n},{n}\n" for n in range(200))
    (tmp_path / "groups.csv").write_text(f"group,mean_absolute_effect\n{rows}", "utf-8")
    found = Page(html(small, None, tmp_path))
    assert f"The first {MOST_ROWS} of 200 groups." in found.text
    assert len([row for row in found.rows if row[0].startswith("group ")]) == MOST_ROWS
    assert "no:thing in 2019Q4" in found.text


def test_another_coding_is_compared(tmp_path: Path) -> None:
    coding = tmp_path / "second.csv"
    coding.write_text("state,issue,value\nFRA,china_tone,0.6\nJPN,china_tone,0.7\n", "utf-8")
    names = ["baseline", "france_joins_quad"]
    found = compare(names, codings=[coding], worlds=8, set=QUICK, out=tmp_path / "study").study
    told = Page(html(found))
    assert "Krippendorff’s alpha" in told.text
    assert [row[1] for row in told.rows if row[1:2] == ["second minus the pack’s own"]]
    assert "No new policy (coding second)" in told.text, "no two scenarios of a page have one title"
    own = [row for row in told.rows if "second.csv, line 2" in " ".join(row)]
    assert own
    assert own[0][0].endswith("FRA.china_tone.ideal")


# ---------------------------------------------------------------- what a study lacks


def test_one_scenario_is_compared_with_nothing(small: Study) -> None:
    told = Page(html(small))
    assert "there is nothing to compare it with" in told.text
    assert "Differences to" not in told.text


def test_another_horizon_and_missing_measures_are_said(tmp_path: Path) -> None:
    scenarios = [load_scenario("baseline", set=QUICK), load_scenario("france_joins_quad", set={"horizon": "2019Q3"})]
    other = load_scenario("us_retrenchment", set=QUICK)
    told = Page(html(run([*scenarios, other], worlds=1, out=tmp_path / "study")))
    assert "France joins the Quad ends in 2019Q3" in told.text
    assert "Differences to “No new policy”" in told.text
    assert "not known" in told.text, "one world gives no interval"


def test_little_is_recorded(study: Study) -> None:
    told = [
        {**each, "measures": {"member.quad": each["measures"]["member.quad"]}} for each in study.manifest["scenarios"]
    ]
    page = Page(html(Study(study.folder, {**study.manifest, "scenarios": told})))
    assert "does not record alignment:FRA-JPN" in page.text
    assert "Not drawn:" in page.text
    assert "needs 'alignment'" in page.text
    assert "Share of worlds in which a state is a member" in page.text


@pytest.mark.parametrize("seed", [3, 5])
def test_another_pack_needs_nothing_of_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.chdir(tmp_path)
    files = random_pack(seed)
    write(tmp_path / "agents" / "made_up", files)
    base = random_scenario(seed, files) | {"levers": {}, "timeline": [], "horizon": "2019Q4"}
    other = base | {"title": "A second scenario", "levers": {"pace_lever": 1.0}}
    write(tmp_path / "scenarios" / "made_up", {"start": base, "pace": other})
    found = run(["start", "pace"], worlds=12, out="study")
    told = Page(html(found))
    assert "A lever: at 1 throughout" in told.text
    assert "has no claims.yaml" in told.text
    assert f"Of {len(load_scenario('start').numbers)} numbers all are assumptions" in told.text
    assert "France" not in told.text.partition("A. Every number and its source")[0], (
        "where the model's weights are told"
    )


def test_a_report_needs_nothing_but_the_studys_folder(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack, the scenario and the coder's file may change or go: what the study was run with is told."""
    (workshop / "other.csv").write_text("path,value\nFRA.resolve,0.31\n", "utf-8")
    found = run(["baseline"], worlds=2, set=QUICK, out="study", coding=Path("other.csv"))
    told = html(found)
    for gone in ("agents", "scenarios", "other.csv"):
        (shutil.rmtree if (workshop / gone).is_dir() else os.unlink)(workshop / gone)
    (workshop / "elsewhere").mkdir()
    shutil.move(found.folder, workshop / "elsewhere" / "study")
    monkeypatch.chdir(workshop / "elsewhere")
    moved = Study.open("study")
    assert rebuild(moved).doubts == []
    assert rebuild(moved).first.coding is not None
    assert html(moved) == told.replace(str(found.folder), "study")
    assert "other.csv against the pack:" in Page(told).text
    next((moved.folder / "codings").glob("*/other.csv")).write_text("path,value\nFRA.resolve,0.3\n", "utf-8")
    with pytest.raises(StudyError, match=r"other.csv: is not the coding that the study was run with"):
        html(moved)


def test_a_scenarios_own_range_stands_over_the_coders(workshop: Path) -> None:
    (workshop / "other.csv").write_text("path,value\nFRA.resolve,0.31\nJPN.resolve,0.31\n", "utf-8")
    (workshop / "own.yaml").write_text(
        "title: Own\nquestion: What if?\nbasis: {locator: Limitations 1, says: nothing of it}\nextends: baseline\n"
        "uncertainties:\n  FRA.resolve: {low: 0.1, best: 0.2, high: 0.9, basis: not in the article, "
        "source: 'assumption: mine'}\n", "utf-8",
    )  # fmt: skip
    found = rebuild(run([Path("own.yaml")], worlds=2, set=QUICK, out="study", coding=Path("other.csv"))).first
    assert (found.ranges["FRA.resolve"].low, found.ranges["FRA.resolve"].high) == (0.1, 0.9)
    assert coded_by(found).ranges["FRA.resolve"].best == 0.2
    assert coded_by(found).ranges["JPN.resolve"].best == 0.31


def test_what_is_damaged_is_said(small: Study, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    shutil.copytree(small.folder, folder)
    part = next((folder / "inputs").iterdir())
    part.write_bytes(part.read_bytes() + b"x")
    assert rebuild(Study(folder, small.manifest)).doubts == [f"inputs/{part.name} is not what the study wrote."]
    shutil.rmtree(folder / "sources")
    with pytest.raises(StudyError, match="the pack's files are not those that the study was run with"):
        html(Study(folder, small.manifest))


def test_ranges_of_a_scenario_are_shown_with_their_source(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: Mine\nquestion: What if?\nbasis: {locator: Limitations 1, says: nothing of it}\nextends: baseline\n"
        f"pack: {PACK}\nuncertainties:\n  FRA.resolve: {{low: 0.1, best: 0.2, high: 0.9, "
        "basis: not in the article, source: 'assumption: a thought of mine'}\n", "utf-8",
    )  # fmt: skip
    found = run(["baseline", path], worlds=2, set=QUICK, out=tmp_path / "study")
    told = Page(html(found))
    assert any("assumption: a thought of mine" in row for row in told.rows)
    assert "drawn from 0.1 to 0.9, best 0.2" in told.text


# ---------------------------------------------------------------- the file


def test_a_file_is_not_overwritten_unasked(small: Study, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "report.html"
    assert report(small, out) == out
    assert sorted(path.name for path in out.parent.iterdir()) == ["report.html"]
    first = out.read_text("utf-8")
    with pytest.raises(StudyError, match="exists: choose another place"):
        report(small, out)
    with pytest.raises(OptionError, match="--claims"):
        report(small, out, replace=True, claims=tmp_path)
    assert out.read_text("utf-8") == first
    with pytest.raises(StudyError, match="is a folder"):
        report(small, tmp_path)


def test_drawing_again_gives_the_same_page(study: Study, text: str) -> None:
    assert html(study) == text


@pytest.mark.parametrize(
    ("manifest", "message"),
    [("", "not the manifest of a study"), ("{}", "not the manifest of a study")],
)
def test_a_broken_study_is_refused(refused: Callable[..., str], manifest: str, message: str) -> None:
    folder = Path("outputs/broken")
    folder.mkdir(parents=True)
    for name in ("measures", "inputs"):
        (folder / name).mkdir()
    (folder / "manifest.json").write_text(manifest, "utf-8")
    assert message in refused("report", "broken")
    assert "there is no such folder, here or in outputs/; did you mean 'broken'?" in refused("report", "brokn")


@pytest.mark.parametrize("fault", [{"name": "of_another_study"}, {"measures": {"joy": ["FRA"]}}])
def test_a_manifest_that_does_not_fit_is_refused(study: Study, fault: dict[str, object]) -> None:
    with pytest.raises(StudyError, match=r"not the design that the study was run from|no measure of its pack"):
        rebuild(changed(study, **fault))


def test_small_differences_are_told_with_more_digits() -> None:
    assert [typeset(signed(value, digits)) for value, digits in ((-0.0123, 3), (0.00123, 4), (0.0, 4))] == [
        "−0.012", "+0.0012", "0"
    ]  # fmt: skip
    assert typeset("from -0.1 to 2018-2020, France-Japan, 'it's'") == "from −0.1 to 2018-2020, France-Japan, 'it’s'"


def test_figures_that_would_make_the_file_too_large_are_left_out(small: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cordiale.output.report.effects.LARGEST", 20_000)
    told = html(small)
    assert sum(len(figure) for figure in re.findall(r"<svg.*?</svg>", told, re.DOTALL)) <= 20_000
    assert "the file would grow too large" in told


def test_print_shows_the_numbers_that_the_scenarios_move(study: Study, text: str) -> None:
    rebuilt = rebuild(study)
    paths = {rebuilt.first.names.canonical(path) for name in ("france_in_quad", "us_retrenchment")
             for path in rebuilt.first.known_levers[name].moves} & set(rebuilt.first.numbers)  # fmt: skip
    assert len(paths) > 1
    printed = re.sub(r"<details>.*?</details>", "", text.partition('<section id="sources"')[2], flags=re.DOTALL)
    told = {path for row in Page(printed).rows if len(row) == 5 for path in unfolded(row[0]) if "." in path}
    assert paths <= told
    assert len(told) < 0.1 * len(rebuilt.first.numbers), "the others are folded, and left out in print"
