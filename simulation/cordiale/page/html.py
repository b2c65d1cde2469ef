"""A template as an answer of the server; what is put into it is escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from cordiale.page import words
from cordiale.page.look import Look

if TYPE_CHECKING:
    from jinja2 import Environment

    from cordiale.page.state import AppState


@lru_cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        autoescape=True, loader=PackageLoader("cordiale.page", "templates"), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals["words"] = words
    return made


def rendered(template: str, **texts: Any) -> str:
    """Return a template with its texts."""
    return _templates().get_template(template).render(**texts)


def page(template: str, state: AppState, look: Look, status: int = 200, **texts: Any) -> HTMLResponse:
    """Return a screen."""
    return HTMLResponse(rendered(template, answers=state.answers, look=look, **texts), status)
