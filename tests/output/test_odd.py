"""The document names everything that the model and the pack have, and the specification does so too."""

from __future__ import annotations

import inspect
import json
import re
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from cordiale.case import fields
from cordiale.case.fields import FIELDS, Field, Names
from cordiale.case.load import roots, scenario_names
from cordiale.case.numbers import coded_numbers
from cordiale.cli import main
from cordiale.files.atomic_write import has_mark
from cordiale.files.errors import OptionError
from cordiale.models.diplomacy.family import DIPLOMACY
from cordiale.models.diplomacy.model import Diplomacy
from cordiale.models.diplomacy.state import State
from cordiale.output.odd import lacking, methods, odd, specification_of, variables, wanted
from cordiale.output.pdf import odd_source, of_odd
from cordiale.scenario.load import load_case
from tests import packs
from tests.conftest import ROOT

PACK = "indo_pacific_2018"
ELEMENTS = ["1 Purpose and patterns", "2 Entities, state variables and scales", "3 Process overview and scheduling",
            "4 Design concepts", "5 Initialization", "6 Input data", "7 Submodels"]  # fmt: skip


@pytest.fixture(scope="module")
def text() -> str:
    return odd(PACK, "diplomacy")


def test_nothing_that_model_or_pack_has_is_lacking(text: str) -> None:
    names = wanted(load_case(PACK), DIPLOMACY)
    assert all(names.values())
    assert lacking(text, names) == []


def test_a_row_taken_out_of_any_table_is_missed(text: str) -> None:
    for kind, known in wanted(load_case(PACK), DIPLOMACY).items():
        for name in (known[0], known[-1]):
            rows = [line for line in text.splitlines() if f"| `{name}` |" not in line]
            assert f"{kind} {name}" in lacking("\n".join(rows), {kind: known})


def test_a_name_elsewhere_is_not_enough(text: str) -> None:
    assert "`ideal`" in text.replace("| `ideal` |", "|  |")  # it stands among the keys of a position too
    assert lacking(text.replace("| `ideal` |", "|  |"), {"field": ["ideal"]}) == ["field ideal"]


def test_a_new_field_comes_in_by_itself(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    new = Field(("state",), (0.0, 2.0), "how well it keeps secrets", "lever")
    assert lacking(text, {"field": ["secrecy"]}) == ["field secrecy"]
    monkeypatch.setitem(fields.FIELDS, "secrecy", new)
    assert "field secrecy" in lacking(text, wanted(load_case(PACK), DIPLOMACY))  # the old document is found out
    again = odd(PACK, "diplomacy")
    assert lacking(again, wanted(load_case(PACK), DIPLOMACY)) == []
    assert "| `secrecy` | state | 0..2 | how well it keeps secrets |" in again


def test_the_seven_elements_stand_in_order(text: str) -> None:
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert [heading for heading in headings if heading[0].isdigit()] == ELEMENTS


def test_every_coded_number_has_range_basis_and_source(text: str) -> None:
    loaded = load_case(PACK)
    annex = text.partition("## Annex B")[2]
    for path, number in coded_numbers(loaded, Names(loaded.pack)).items():
        coded = number.coded
        shown = ".".join(str(key) for key in number.at) if number.at[0] == "classes" else path
        if not path.startswith("weight."):
            row = next(line for line in annex.splitlines() if line.startswith(f"| `{shown}` |"))
            assert f"| {coded.low:g} | {coded.best:g} | {coded.high:g} | {coded.basis} |" in row
            assert (coded.paraphrase or coded.source or "").split("|")[0][:40] in row
    annex = text.partition("## Annex A")[2]
    for name, weight in loaded.pack.weights.items():
        row = next(line for line in annex.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"{weight.low:g} | {weight.best:g} | {weight.high:g}" in row
        assert weight.basis in row


def test_roles_talks_contracts_and_elections_are_told(text: str) -> None:
    pack = load_case(PACK).pack
    assert f"| meetings | `{pack.case.roles.meetings}` |" in text
    for each in pack.ties.talks:
        assert f"| {each.dyad} | `{each.agreement}` | {each.opened} |" in text
    for each in pack.ties.contracts:
        assert f"| {each.seller} | {each.buyer} |" in text
    assert all(", ".join(state.elections.quarters) in text for state in pack.states.values() if state.elections)


def test_every_table_is_whole(text: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.sub(r"\\\|", "", line).count("|") for line in block.splitlines()]
        assert len(set(rows)) == 1, block[:300]
        assert len(rows) > 2 or "| claim |" in block, block  # no table without rows


def test_rules_come_from_the_specification_and_methods_from_the_program(text: str) -> None:
    specification = specification_of(DIPLOMACY)
    assert specification.section("7") in text
    names = {each["name"] for each in methods(DIPLOMACY)}
    for cls in (State, Diplomacy):
        own = [name for name, found in vars(cls).items() if inspect.isfunction(found) and not name.startswith("__")]
        assert {f"{cls.__name__}.{name}" for name in own} <= names
    assert all(each["about"] for each in methods(DIPLOMACY) if not each["name"].split(".")[-1].startswith("_"))
    assert all(each["about"] for each in variables(DIPLOMACY))


def test_sections_are_cut_at_their_headings() -> None:
    specification = specification_of(DIPLOMACY)
    assert specification.section("7.11").startswith("### 7.11 ")
    assert "\n### " not in specification.section("7.11")
    assert "### 4.12" not in specification.section("4", without="4.12")
    assert "### 4.13" in specification.section("4", without="4.12")
    assert specification.section("7").count("\n### ") == specification.text.count("\n### 7.") > 5
    assert specification.section("8") == ""


def test_the_specification_has_every_section_that_the_document_takes() -> None:
    template = (ROOT / "simulation" / "cordiale" / "output" / "odd.md.j2").read_text("utf-8")
    taken = re.findall(r'specification\.(?:section|body)\("(\w+)"', template)
    assert len(taken) > 5
    assert all(specification_of(DIPLOMACY).section(number) for number in taken)


def test_another_case_has_a_document_of_its_own(tmp_path: Path) -> None:
    for seed in (1, 2, 3):
        folder = packs.write(tmp_path / f"case_{seed}", packs.random_pack(seed))
        document = odd(str(folder), "diplomacy")
        assert lacking(document, wanted(load_case(folder), DIPLOMACY)) == []
        before, _, rest = document.partition("## 3 Process")
        assert "JPN" not in before
        assert "### 4.12" not in rest  # what was measured in the first case


def test_texts_of_a_pack_cannot_break_the_page(tmp_path: Path) -> None:
    files = packs.random_pack(4)
    files["case"]["levers"]["trust_lever"]["says"] = "one | two <script>alert(1)</script>\n# heading"
    document = odd(str(packs.write(tmp_path / "case", files)), "diplomacy")
    assert "<script>" not in document
    assert "\n# heading" not in document
    assert r"one \| two &lt;script>alert(1)&lt;/script> # heading" in document


# ---------------------------------------------------------------- the command


def test_print_or_file(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                       capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["cordiale", "odd", PACK, "diplomacy"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out == text
    monkeypatch.setattr(sys, "argv", ["cordiale", "odd", PACK, "diplomacy", "--out", str(tmp_path / "new" / "odd.md")])
    with pytest.raises(SystemExit):
        main()
    written = tmp_path / "new" / "odd.md"
    assert has_mark(written)
    assert written.read_text("utf-8").startswith(text)


def test_an_unknown_model_or_pack_is_named() -> None:
    with pytest.raises(OptionError, match="no model 'diplomacie'; did you mean 'diplomacy'"):
        odd(PACK, "diplomacie")
    with pytest.raises(OptionError, match="no case pack"):
        odd("indo_pacific", "diplomacy")


# ---------------------------------------------------------------- the specification, docs/ODD.md


def unnamed(specification: str) -> list[str]:
    """Return the fields, weights, state variables and measures that the hand-written specification does not name."""
    names = wanted(load_case(PACK), DIPLOMACY)
    terms = set(re.findall(r"^\| ([a-z]+) \| .*\|$", specification, re.MULTILINE))
    written = {name.replace(r"\_", "_") for name in re.findall(r"(?:[a-z_]|\\_)+", specification)}
    if r"\mathsf{value}_{\text{term}}" in specification:
        written |= {f"value_{term}" for term in terms}
    exact = [f"{kind} {name}" for kind in ("field", "state variable", "measure") for name in names[kind]
             if f"`{name}`" not in specification]  # fmt: skip
    return exact + [f"weight {name}" for name in names["weight"] if name not in written]


def test_the_specification_names_every_field_weight_variable_and_measure() -> None:
    specification = (roots()[-1] / "docs" / "ODD.md").read_text("utf-8")
    assert unnamed(specification) == []
    assert "field clarity" in unnamed(specification.replace("`clarity`", ""))
    assert "weight trust_news" in unnamed(specification.replace(r"trust\_news", ""))
    assert "weight value_friends" in unnamed(specification.replace("| friends |", "| |"))


FUNCTIONS = {"best", "cap", "clip", "close", "drawn", "hi", "high", "lo", "logistic", "logit", "low", "mean", "normal",
             "now", "room", "scale", "sd", "sign", "words", "all", "arms", "deg", "rungs", "sim", "thr", "lik",
             "Poisson", "share", "usual", "delivered", "expected", "rift", "rate"}  # fmt: skip


def test_every_name_in_an_equation_is_explained() -> None:
    """A name without serifs is a weight or a parameter; one in upright letters stands on the left, or in the list."""
    specification = (roots()[-1] / "docs" / "ODD.md").read_text("utf-8")
    names = wanted(load_case(PACK), DIPLOMACY)
    known = {*names["weight"], *FIELDS, "value"}
    sans = {name.replace(r"\_", "_") for name in re.findall(r"\\mathsf\{([^}]*)\}", specification)}
    assert sans - known == set()
    assert len(sans) > 60
    left = set(re.findall(r"\\mathrm\{(\w+)\}(?:_\{?\w*(?:\\\w+\{\w+\})?\}?)?(?:\\, h)? &", specification))
    upright = set(re.findall(r"\\mathrm\{(\w+)\}", specification))
    assert upright - left - FUNCTIONS == set()


def test_the_specification_gives_the_ranges_of_the_fields() -> None:
    rows = specification_of(DIPLOMACY).section("2").splitlines()
    for name, field in FIELDS.items():
        row = next(line for line in rows if f"| `{name}` |" in line and "|" in line.partition(f"`{name}`")[2][3:])
        scale = "in, out, free" if field.kind == "hold" else f"{field.scale[0]:g}..{field.scale[1]:g}"
        candidates = [line for line in rows if f"| `{name}` |" in line]
        assert any(f"| `{name}` | {scale} |" in line for line in candidates), row


def test_scenarios_and_claims_of_the_pack_are_listed(text: str) -> None:
    assert all(f"| `{name}` |" in text for name in scenario_names(PACK))


def test_every_equation_is_set_in_the_pdf(text: str) -> None:
    """What pandoc cannot read as an equation it leaves as text, with its dollar signs and commands."""
    made = odd_source(text)
    assert made.count(r"$") > 300
    assert r"\$" not in made
    assert not re.search(r"\\\\[a-z]{3,}", made)
    assert odd_source(r"An equation, $\nosuchcommand{x}$.").count(r"\$") == 2


def test_the_pdf_has_the_same_bytes_each_time_and_reads_no_markup_of_a_pack() -> None:
    hostile = (
        '# A\n\n#panic("x") `=` #let and $x_{ij}$, `#panic()`{=typst}\n\n<b>bold</b>\n\n```{=typst}\n#panic()\n```\n'
    )
    assert of_odd(hostile) == of_odd(hostile)
    assert of_odd(hostile).startswith(b"%PDF-")


def test_a_fraction_in_a_table_stays_in_its_row() -> None:
    """Set with leading, it reached into it, and over the rule above its row."""
    import typst

    head = (files("cordiale.output") / "odd.typ").read_text("utf-8")
    fraction = "inline(frac(sum_(k in M_e) s_(i k) |x_(i k) - x_(j k)|, sum_(k in M_e) s_(i k)))"
    told = f"""#context [#metadata((
      row: measure(table(columns: 1, [$1 - 2 {fraction}$])).height.pt(),
      own: measure(text(size: 8pt)[$ {fraction} $]).height.pt(),
    )) <tall>]"""
    tall = json.loads(typst.query((head + told).encode(), "<tall>", field="value", one=True))
    assert tall["row"] > tall["own"] + 2


def test_a_pdf_needs_a_file_and_overwrites_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cordiale.output.odd.odd", lambda *_: "# An ODD\n")

    def said(*options: str) -> str:
        monkeypatch.setattr(sys, "argv", ["cordiale", "odd", PACK, "diplomacy", "--pdf", *options])
        with pytest.raises(SystemExit):
            main()
        return capsys.readouterr().err

    assert said() == "cordiale: --pdf: name the file with --out, such as --out odd.pdf\n"
    assert said("--out", "odd.pdf") == ""
    assert has_mark(tmp_path / "odd.pdf")
    assert said("--out", "odd.pdf") == "cordiale: odd.pdf exists: choose another place with --out, or add --replace\n"
