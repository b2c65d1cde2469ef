"""The documentation: its code runs and prints what is shown, and what is generated says all that there is to say."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

import cordiale
from cordiale.case.fields import Names
from cordiale.case.load import pack_names
from cordiale.case.numbers import coded_numbers
from cordiale.scenario.load import load_case
from tests.blocks import ROOT, blocks, pages, ran

sys.path.append(str(ROOT / "docs" / "hooks"))  # MkDocs finds its hooks in the same way

import codebook
import commands
import docstrings
import links

PACKS = [name for name in pack_names() if (ROOT / "agents" / name).is_dir()]
NOT_RUN = {
    ("which-moves.md", "half a minute"),
    ("which-moves.md", "minutes to an hour; it says how long before it starts, and asks for `--yes` above ten minutes"),
    ("two-page-brief.md", "the commands before it take minutes"),
    ("merge-with-my-data.md", "it writes 100 MB"),
    ("quick-start.md", "it installs"),
    ("install.md", "it installs"),
    ("merge-with-my-data.md", "it needs Stata"),
    ("show-it-in-class.md", "it starts a server"),
    ("does-the-argument-hold.md", "a claim is judged on many worlds and placebo packs"),
    ("CONTRIBUTING.md", "these lines go into `models/diplomacy/terms.py`"),
}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_code_of_a_page_runs_and_prints_what_is_shown(page: Path, tmp_path: Path) -> None:
    for block, truth in ran(page.read_text("utf-8"), tmp_path):
        assert block.body == truth


def test_only_what_cannot_run_is_not_run() -> None:
    found = {(page.name, block.why) for page in pages() for block in blocks(page.read_text("utf-8")) if block.why}
    assert found == NOT_RUN


def test_blocks_are_found_with_what_they_are() -> None:
    page = (
        'Text.\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n```yaml title="a.yaml"\na: 1\n```\n\n'
        "*Not run here: it waits.*\n\n```sh\nsleep 9\n```\n\n```\nplain\n```\n"
    )
    found = [(block.kind, block.name, block.why) for block in blocks(page)]
    assert found == [("python", "", ""), ("text", "", ""), ("file", "a.yaml", ""), ("sh", "", "it waits")]


def test_a_page_that_shows_what_is_not_so_is_caught(tmp_path: Path) -> None:
    page = "```python\nprint(2)\n```\n\n```text\n1\n```\n\n```console\n$ echo a\nb\n$ echo c\n```\n"
    shown = [(block.body, truth) for block, truth in ran(page, tmp_path)]
    assert shown == [("1\n", "2\n"), ("$ echo a\nb\n$ echo c\n", "$ echo a\na\n$ echo c\n")]
    with pytest.raises(AssertionError, match="exit 3"):
        ran("```sh\nexit 3\n```\n", tmp_path)


# ---------------------------------------------------------------- generated pages


def test_every_command_and_option_is_in_the_reference() -> None:
    page = commands.commands_page()
    named = dict(commands.walk())
    assert {"cordiale run", "cordiale new pack", "cordiale pack coverage"} <= named.keys()
    sections = dict(part.split(" {", 1) for part in page.split("\n## ")[1:])
    assert sections.keys() == named.keys()
    for name, command in named.items():
        for option in (each for parameter in command.params for each in (*parameter.opts, *parameter.secondary_opts)):
            assert option in sections[name] or option.upper() in sections[name], f"{name} {option}"
        assert command.epilog.removeprefix("Example: ") in sections[name]


@pytest.mark.parametrize("pack", PACKS)
def test_every_number_of_a_pack_is_in_its_codebook(pack: str) -> None:
    loaded, pages_ = load_case(pack), codebook.codebook_pages(pack)
    rows = [line for _, text in pages_.values() for line in text.splitlines() if line.startswith("| ")]
    numbers = coded_numbers(loaded, Names(loaded.pack))
    classes = {
        id(coded) for kind in loaded.pack.ties.classes.values() for coded in (kind.trust, *kind.practice.values())
    }
    own = {path: number.coded for path, number in numbers.items() if id(number.coded) not in classes}
    for path, coded in own.items():
        named = [row for row in rows if codebook.path(path) in row] or [
            row for row in rows if codebook.path("-".join(reversed(path[:7].split("-"))) + path[7:]) in row
        ]
        assert any(codebook.rests_on(coded) in row and f"**{coded.best:g}**" in row for row in named), path
    shown = sum('class="range"' in row for row in rows)
    assert shown == len({id(coded) for coded in own.values()} | classes)


def test_every_public_name_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    families = tuple(f"::: cordiale.models.{name}." for name in dir(cordiale.models))  # each name of these: test_public
    own = [line for line in page.splitlines() if line.startswith("::: ") and not line.startswith(families)]
    assert {line.rpartition(".")[2] for line in own} == set(cordiale.__all__) - {"models"}


def test_docstrings_of_the_house_become_entries() -> None:
    text = "Do it.\n\nParameters\n----------\nworlds, seed : in place of\n    the file's\n\n"
    text += "Raises\n------\nFileError, OptionError for it"
    assert docstrings.rewritten(text).splitlines()[2:] == [
        "Parameters", "----------", "worlds, seed", "    in place of", "    the file's", "",
        "Raises", "------", "FileError", "    a fault in a file, with its place", "OptionError", "    for it",
    ]  # fmt: skip


def test_links_lead_to_pages_of_the_site() -> None:
    known = {"agents/a/README.md": "codebook/a/index.md"}
    text = "[a](../agents/a/README.md#x) [b](howto/b.md) [c](../simulation/c.py) [d](https://d.org) ![e](e.png)"
    assert links.relinked(text, "docs/page.md", "page.md", known) == (
        "[a](codebook/a/index.md#x) [b](howto/b.md) c (`simulation/c.py`) [d](https://d.org) ![e](e.png)"
    )
    assert (
        links.relinked("[o](../../docs/ODD.md)", "agents/a/README.md", "codebook/a/index.md", known)
        == "[o](../../ODD.md)"
    )


# ---------------------------------------------------------------- citing


def test_the_map_of_the_program_names_files_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"`([\w/]+(?:\.(?:py|pyi|yaml|md)|/))(?::|`)", text)
    found = [each for each in named if not re.search(r"\bx\.", each)]  # x stands for a name of one's own
    assert len(found) > 30
    rooms = (ROOT, ROOT / "simulation" / "cordiale", ROOT / "agents" / "indo_pacific_2018")
    assert not [each for each in found if not any((room / each).exists() for room in rooms)]


def test_the_citation_is_of_this_version_and_invents_no_identifier() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    record = yaml.safe_load(text)
    assert {"cff-version", "message", "title", "authors"} <= record.keys()
    assert record["version"] == cordiale.__version__
    assert record["license"] == "MIT"
    assert "doi" not in text.lower()


def test_the_changelog_begins_with_what_is_not_released() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[0] == "## [Unreleased]"
    kinds = {line for line in text.splitlines() if line.startswith("### ")}
    assert kinds <= {f"### {kind}" for kind in ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")}
