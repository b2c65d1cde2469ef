"""Links between files of the repository, turned into links between pages of the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def relinked(text: str, source: str, page: str, pages: Mapping[str, str]) -> str:
    """Return a page's Markdown with each link leading to a page of the site.

    Parameters
    ----------
    source : where the text stands in the repository, "agents/a_case/README.md"
    page : where it stands in the site, "codebook/a_case/index.md"
    pages : file of the repository -> page of the site, for files outside docs/

    A link to a file that the site does not have keeps its words and names the file.
    """

    def moved(found: re.Match[str]) -> str:
        image, words, target, anchor = found[1], found[2], found[3], found[4] or ""
        if ":" in target or target.startswith("/"):
            return found[0]
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        place = wanted.removeprefix("docs/") if wanted.startswith("docs/") else pages.get(wanted)
        if place is None:
            return words if words.strip("`") == wanted else f"{words} (`{wanted}`)"
        return f"{image}[{words}]({posixpath.relpath(place, posixpath.dirname(page) or '.')}{anchor})"

    return LINK.sub(moved, text)
