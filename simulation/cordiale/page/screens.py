"""The screens that need no model: the answer to a question, all policies beside it, and what nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cordiale.analysis.answers import Answer
from cordiale.files.errors import OptionError
from cordiale.output.answer.html import templates
from cordiale.output.answer.picture import PHONE, WIDE, picture, told
from cordiale.output.answer.scatter import scatters
from cordiale.page.look import MORE, WORLDS, Look
from cordiale.page.state import AppState

if TYPE_CHECKING:
    from cordiale.page.state import AppState


CHEAPER, LEVERS = 3, 2  # ways and levers that are named on the first screen


def visitor(request: Request) -> str:
    """Return whose turn it is when many wait: whoever comes from one address."""
    return request.client.host if request.client else ""


def question(state: AppState, look: Look, request: Request) -> Response:
    """Return the first screen: a question and its answer."""
    answers = state.answers
    assert answers is not None
    answer = state.answer(look, visitor(request))
    look = Look(look.name or answer.name, look.moved, look.worlds)
    return page(
        "question.html", state, look, answer=answer, sentences=words_of(state, answer), worlds=_worlds(state, look),
        pictures=[picture(answer, answers.quarters, frame) for frame in (WIDE, PHONE)],
        told=told(answer, answers.quarters), cheaper=answers.cheaper(answer)[:CHEAPER],
        levers=_levers(state, answer, look), more=MORE,
        quick=look.worlds or WORLDS, waits=bool(answer.change) and not state.is_loaded,
    )  # fmt: skip


def words_of(state: AppState, answer: Answer) -> list[Any]:
    """Return the sentences of an answer."""
    from cordiale.output.answer.words import sentences

    assert state.answers is not None
    return sentences(state.answers.pair, answer)


def _levers(state: AppState, answer: Answer, look: Look) -> list[Any]:
    """Return the levers that are offered first; none before the pack is there, since nobody waits for it here."""
    if not state.is_loaded:
        return []
    from cordiale.page.session import handle_of

    scenario = state.asked(look).scenario
    return [handle_of(scenario, name, look) for name in answer.change[:LEVERS]]


def _worlds(state: AppState, look: Look) -> int:
    assert state.answers is not None
    return look.worlds or (WORLDS if look.moved else state.answers.worlds)


def policies(state: AppState, look: Look, request: Request) -> Response:
    """Return all scenarios by the gain and cost of a question."""
    assert state.answers is not None
    answer = state.answer(Look(look.name), visitor(request))
    ways = state.answers.ways.get(answer.by)
    if ways is None:  # of a file that was sent, in a pack whose questions are all read by something else
        raise OptionError("no policy was run by this gain and cost")
    return page("policies.html", state, look, answer=answer, ways=ways, charts=scatters(answer, ways))


def limits(state: AppState, look: Look, request: Request) -> Response:
    """Return what the model cannot tell."""
    return page("limits.html", state, look)


def rendered(template: str, **texts: Any) -> str:
    """Return a template with its texts."""
    return templates("cordiale.page").get_template(template).render(**texts)


def page(template: str, state: AppState, look: Look, status: int = 200, **texts: Any) -> HTMLResponse:
    """Return a screen."""
    return HTMLResponse(rendered(template, answers=state.answers, look=look, **texts), status)
