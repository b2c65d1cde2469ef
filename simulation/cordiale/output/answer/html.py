"""Templates of answers: one set of pieces, words and colours for the page, the class and the handout."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from cordiale.output.answer import words

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "answer.css"


@lru_cache
def templates(package: str) -> Environment:
    """Return the templates of a package with those that all share; what is put into them is escaped."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    loaders = [PackageLoader(each, "templates") for each in (package, "cordiale.output.answer")]
    made = Environment(
        autoescape=True, loader=ChoiceLoader(loaders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["words"] = words
    return made


def style() -> str:
    """Return the style that all share."""
    return resources.files("cordiale.output.answer").joinpath(STYLE).read_text("utf-8")
