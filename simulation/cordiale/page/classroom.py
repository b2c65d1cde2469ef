"""The class mode: large type, one question at a time, a guess before the result, a tally for this session only."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from cordiale.output.charts.scales import scale_of
from cordiale.page import result, sources
from cordiale.page.app_state import AppState
from cordiale.page.result import Effect, Seen, effect
from cordiale.page.session import WORLDS, choice
from cordiale.page.texts import bullets, literal
from cordiale.page.visitor import visitor, waited
from cordiale.scenario.load import Scenario

GUESSES = ("Higher", "About the same", "Lower")
MEASURE = "alignment"


@dataclass
class Tally:
    """The guesses of one session.

    Attributes
    ----------
    at : which question is asked
    shown : whether its result is shown
    guesses : by question, how often each answer was given
    right : question -> the answer that the model gives, once it is shown
    """

    at: int = 0
    shown: bool = False
    guesses: dict[str, dict[str, int]] = field(default_factory=dict)
    right: dict[str, str] = field(default_factory=dict)

    def guess(self, question: str, answer: str) -> None:
        """Count one guess."""
        self.guesses.setdefault(question, dict.fromkeys(GUESSES, 0))[answer] += 1

    def score(self) -> tuple[int, int]:
        """Return right guesses and all guesses, over the questions whose result was shown."""
        asked = [question for question in self.right if question in self.guesses]
        right = sum(self.guesses[question][self.right[question]] for question in asked)
        return right, sum(sum(self.guesses[question].values()) for question in asked)


def answer(effect: Effect, margin: float) -> str:
    """Return the guess that the model bears out; an effect within the margin is none that anyone would notice."""
    if not effect.clear or abs(effect.mean) < margin:
        return "About the same"
    return "Higher" if effect.mean > 0 else "Lower"


def show(shared: AppState) -> None:
    """Ask the question that is due."""
    tally: Tally = st.session_state.setdefault("tally", Tally())
    base = shared.scenarios[shared.opening[0]]
    questions = [each for each in shared.scenarios.values() if each.name != base.name]
    opening = shared.scenarios[shared.opening[1]]
    questions.sort(key=lambda each: each.name != opening.name)
    scenario = questions[tally.at % len(questions)]
    _ask(shared, scenario, base, tally, f"Question {tally.at % len(questions) + 1} of {len(questions)}")
    if tally.shown:
        _result(shared, scenario, base, tally)
    _steps(tally, scenario)


def _ask(shared: AppState, scenario: Scenario, base: Scenario, tally: Tally, head: str) -> None:
    dyad = base.names.dyad(shared.pack.case.focus)
    pair = " and ".join(shared.pack.states[code].name for code in dyad.split("-"))
    st.caption(head)
    st.header(literal(scenario.file.question), anchor=False)
    st.markdown(bullets(choice(base, scenario, {}, WORLDS, shared.seed).words))
    st.markdown(f"Compared with **{literal(base.title)}**, will the alignment of {literal(pair)} in the end be …")
    with st.container(horizontal=True):
        for guess in GUESSES:
            st.button(guess, key=f"guess {guess}", type="primary", disabled=tally.shown,
                      on_click=tally.guess, args=(scenario.name, guess))  # fmt: skip
    given = tally.guesses.get(scenario.name, dict.fromkeys(GUESSES, 0))
    st.markdown("Guesses: " + ", ".join(f"{count} {guess.lower()}" for guess, count in given.items()) + ".")


def _result(shared: AppState, scenario: Scenario, base: Scenario, tally: Tally) -> None:
    chosen = choice(base, scenario, {}, WORLDS, shared.seed)
    study = waited(shared.runs.shown(chosen.scenarios, visitor()))
    entity = study.manifest["focus"]
    found, margin = effect(study, MEASURE, entity), scale_of(study, MEASURE).step
    right = tally.right[scenario.name] = answer(found, margin)
    st.subheader(f"The model says: {right.lower()}", anchor=False)
    st.markdown(literal(found.words))
    st.caption(f"“About the same” is a difference below {margin:g}, or one that is not clear of zero.")
    result.chart(Seen(chosen, study, MEASURE, entity), result.DIFFERENCE)
    sources.pair(chosen.mine, study, MEASURE, entity)
    given = tally.guesses.get(scenario.name)
    if given:
        hits, every = tally.score()
        st.markdown(
            f"**{given[right]} of {sum(given.values())}** guessed it; {hits} of {every} in this session so far."
        )


def _steps(tally: Tally, scenario: Scenario) -> None:
    with st.container(horizontal=True):
        if not tally.shown:
            guessed = scenario.name in tally.guesses
            st.button("Show the result", disabled=not guessed, on_click=_reveal, args=(tally,),
                      help=None if guessed else "Guess first.")  # fmt: skip
        st.button("Next question", on_click=_next, args=(tally, 1))
        st.button("Question before", on_click=_next, args=(tally, -1), disabled=tally.at == 0)


def _reveal(tally: Tally) -> None:
    tally.shown = True


def _next(tally: Tally, step: int) -> None:
    tally.at, tally.shown = tally.at + step, False
