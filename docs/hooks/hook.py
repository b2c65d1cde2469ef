"""MkDocs hook: adds to docs/ the pages that the program makes, and the files that stand elsewhere in the repository."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from codebook import codebook_pages
from commands import commands_page
from links import relinked
from mkdocs.structure.files import File, Files
from reference import measures_page
from text import columned
from tutorials import page as tutorial_page

from cordiale.case.load import pack_names
from scenarios import scenarios_page

CONSOLE = re.compile(r"^```console\n.*?^```$", re.MULTILINE | re.DOTALL)
ROOT = Path(__file__).parent.parent.parent
BESIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "LICENSE": "licence.md",
}
COPIED = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


def included() -> dict[str, str]:
    """Return file of the repository outside docs/ -> page of the site."""
    pages = dict(BESIDE)
    for pack in packs():
        pages[f"agents/{pack}/README.md"] = f"codebook/{pack}/index.md"
        pages[f"scenarios/{pack}/README.md"] = f"scenarios/{pack}/writing.md"
    return {file: page for file, page in pages.items() if (ROOT / file).is_file()}


def packs() -> list[str]:
    """Return the packs that the repository ships."""
    return [name for name in pack_names() if (ROOT / "agents" / name / "case.yaml").is_file()]


@lru_cache(maxsize=1)
def made() -> dict[str, str | bytes]:
    """Return page or file of the site -> content, for all that is not in docs/."""
    pages: dict[str, str | bytes] = {
        "reference/commands.md": commands_page(),
        "reference/measures.md": measures_page(),
    }
    sources = included()
    for file, page in sources.items():
        if file in COPIED or file.startswith(("agents/", "scenarios/")):
            pages[page] = relinked((ROOT / file).read_text("utf-8"), file, page, sources)
    for pack in packs():
        pages |= {f"codebook/{pack}/{file}": text for file, (_, text) in codebook_pages(pack).items()}
        pages[f"scenarios/{pack}/index.md"] = scenarios_page(pack)
    for notebook in sorted((ROOT / "docs" / "tutorials").glob("*.ipynb")):
        text, figures = tutorial_page(notebook)
        page = f"tutorials/{notebook.stem}.md"
        pages[page] = relinked(text, f"docs/{page}", page, sources)
        pages |= {f"tutorials/{name}": figure for name, figure in figures.items()}
    return pages


def on_config(config: Any) -> Any:
    """Put each pack's codebook and scenarios into the navigation."""
    case = next(item["The case"] for item in config.nav if "The case" in item)
    for pack in packs():
        case += [{"Scenarios": [f"scenarios/{pack}/index.md", {"How to write one": f"scenarios/{pack}/writing.md"}]}]
        case += [{"Codebook": _codebook(pack)}]
    return config


def _codebook(pack: str) -> list[Any]:
    named = {file: title for file, (title, _) in codebook_pages(pack).items()}
    tables: list[Any] = [{title: f"codebook/{pack}/{file}"} for file, title in named.items() if "/" not in file]
    states = [{title: f"codebook/{pack}/{file}"} for file, title in named.items() if "/" in file]
    return [f"codebook/{pack}/index.md", *tables, {"States": states}]


def on_files(files: Files, config: Any) -> Files:
    """Add what is made."""
    for place, content in made().items():
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Turn links of docs/ that lead out of it into links to the pages that stand for those files."""
    if page.file.generated_by:
        return markdown
    markdown = CONSOLE.sub(
        lambda found: found[0].replace("console", "{ .console .columns }", 1) if columned(found[0]) else found[0],
        markdown,
    )
    return relinked(markdown, f"docs/{page.file.src_uri}", page.file.src_uri, included())
