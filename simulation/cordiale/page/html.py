"""A template as an answer of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from cordiale.output.answer.html import templates
from cordiale.page.look import Look

if TYPE_CHECKING:
    from cordiale.page.state import AppState


def rendered(template: str, **texts: Any) -> str:
    """Return a template with its texts."""
    return templates("cordiale.page").get_template(template).render(**texts)


def page(template: str, state: AppState, look: Look, status: int = 200, **texts: Any) -> HTMLResponse:
    """Return a screen."""
    return HTMLResponse(rendered(template, answers=state.answers, look=look, **texts), status)
