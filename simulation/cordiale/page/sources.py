"""Where the numbers on the page come from: one click beside each of them, and a search of all."""

from __future__ import annotations

import streamlit as st

from cordiale.page.texts import literal
from cordiale.scenario.explain import Line, explain
from cordiale.scenario.load import Scenario
from cordiale.scenario.words import label, meaning
from cordiale.study.study import Study


def entry(scenario: Scenario, line: Line, more: str = "") -> str:
    """Return where a number comes from as an entry of a Markdown list.

    Parameters
    ----------
    more : what else is said of it
    """
    name = label(scenario, line.path) if line.path in scenario.names.paths else line.path
    basis = f"{line.basis}: {line.source}" if line.basis else line.source
    words = f"- **{literal(name)}**: {literal(line.value)} (low / best / high){literal(more)}. {literal(basis)}"
    return f"{words} ({literal(line.place)})" if line.place else words


# What a popover holds is worked out when it is opened: most never are.


def lever(scenario: Scenario, name: str) -> None:
    """Write the source of a lever and of every number it moves."""
    opened = st.popover("Where this comes from", key="sources of the lever", on_change="rerun")
    if not opened.open:
        return
    with opened:
        record = scenario.handle(name)
        st.markdown(f"**{literal(record.label)}** ({literal(record.locator)}): {literal(record.says)}.")
        lines = []
        for path, (low, high) in record.moves.items():
            found = next(each for each in explain(scenario, scenario.names.canonical(path)) if each.layer != "--set")
            lines.append(entry(scenario, found, f"; the lever at 0 and 1 puts it at {low:g} and {high:g}"))
        st.markdown("\n".join(lines))


def number_paths(scenario: Scenario, entity: str) -> list[str]:
    """Return the coded numbers of a pair or state itself."""
    codes = entity.replace(">", "-").split("-")
    heads = {f"{one}{joint}{other}" for one in codes for other in codes for joint in "->"} if codes[1:] else set(codes)
    return [path for path in scenario.ranges if path.partition(".")[0] in heads]


def pair(scenario: Scenario, study: Study, measure: str, entity: str, key: str = "result") -> None:
    """Write what a figure on the screen is made of.

    Parameters
    ----------
    key : of the place on the page
    """
    kind = study.measure(measure)
    opened = st.popover("Where these numbers come from", key=f"sources of {key}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown(
            f"**{literal(kind.meaning)}**, {literal(kind.unit)}: read at the end of each quarter in {study.worlds} "
            f"worlds (seed {study.manifest['seed']}). Each world draws all {len(scenario.ranges)} coded numbers from "
            f"their ranges; the worlds of two scenarios are the same but for the policy. Below are the numbers coded "
            f"for this pair or state itself; the room “Sources” has all others."
        )
        paths = number_paths(scenario, entity)
        lines = [next(each for each in explain(scenario, path) if each.holds) for path in paths]
        st.markdown("\n".join(entry(scenario, line) for line in lines))


def luck(scenario: Scenario, world: int) -> None:
    """Write where the course of one world comes from."""
    with st.popover("Where this story comes from", key="sources of story"):
        st.markdown(
            f"World {world} of seed {scenario.seed}: it draws one value of each of {len(scenario.ranges)} coded "
            f"numbers from its range, and its luck in each quarter from streams of random numbers that belong to this "
            f"world alone. The same world under another policy has the same numbers and the same luck. "
            f"Nothing in it is a forecast, and none of it is told by the article."
        )


def every(scenario: Scenario) -> None:
    """Let a visitor look up any number of the pack."""
    article = scenario.loaded.pack.case.article
    st.markdown(f"The article: {literal(article.citation)}. No sentence of it is quoted; locators name its paragraphs.")
    paths = list(scenario.ranges)
    chosen = st.selectbox(f"One of {len(paths)} numbers", paths, key="number", format_func=lambda p: label(scenario, p))
    st.markdown(f"{literal(meaning(scenario, chosen))} (path `{chosen}`)")
    st.markdown("\n".join(entry(scenario, line) for line in explain(scenario, chosen)))
    place = scenario.ranges[chosen].locator
    if place:
        section, _, paragraph = place.rpartition(" ")
        about = article.sections[section].paragraphs[int(paragraph)]
        st.caption(f"{literal(place)}: {literal(about)}")
