"""Take it with you: the figure, the data, and the scenario files that give the same numbers again."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from cordiale.layers import Scenario
from cordiale.page.desk import Desk
from cordiale.page.result import DIFFERENCE, Seen
from cordiale.page.runs import Runs
from cordiale.page.shown import Shown
from cordiale.page.texts import literal
from cordiale.page.visitor import visitor
from cordiale.scenario_file import scenario_text

KINDS = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv", "yaml": "application/yaml"}


def show(shared: Desk, seen: Seen) -> None:
    """Offer the files."""
    study, stem = seen.study, _stem(seen)
    difference = len(study.scenarios) > 1 and st.session_state.get("chart", DIFFERENCE) == DIFFERENCE
    st.markdown("**The figure**, drawn for print, and **its data**, a row a scenario, world and quarter:")
    with st.container(horizontal=True):
        small = study.only(seen.measure)
        for suffix in ("png", "svg"):
            task = partial(_drawn, shared.runs, visitor(), small, difference, seen.measure, seen.entity, suffix)
            _button(f"Figure ({suffix.upper()})", task, f"{stem}.{suffix}")
        _button("Data (CSV)", partial(csv, study, seen.measure, seen.entity), f"{stem}.csv")
    st.markdown("**The scenario as a file**: run it, and every number on the screen comes out again.")
    named = [(scenario, f"{scenario.name}.yaml") for scenario in seen.choice.scenarios]
    with st.container(horizontal=True):
        for scenario, file in reversed(named):
            _button(f"Scenario: {literal(scenario.title)}", partial(file_text, seen, scenario), file)
    st.code(command(seen), language="bash")


def _button(label: str, task: partial[bytes], name: str) -> None:
    kind = KINDS[name.rpartition(".")[2]]
    st.download_button(label, task, name, kind, key=f"take {name}", on_click="ignore")


def _drawn(runs: Runs, whose: Hashable, *arguments: Any) -> bytes:
    """Return the figure, drawn by one of the processes, whichever thread of the server asks."""
    return runs.do(whose, picture, *arguments).result()


def _stem(seen: Seen) -> str:
    entity = seen.entity.replace(">", "-")
    return "-".join([*seen.study.scenarios, seen.measure, entity])[:120]


def command(seen: Seen) -> str:
    """Return what a user types to get the numbers of the screen again."""
    return "cordiale run " + " ".join(f"{name}.yaml" for name in seen.study.scenarios)


def file_text(seen: Seen, scenario: Scenario) -> bytes:
    """Return a scenario of the screen as a file, with all measures that the page records."""
    measures = list(seen.study.measures(scenario.name))
    note = f"Written by `cordiale page`. The numbers of the screen come out again with:\n  {command(seen)}"
    return scenario_text(scenario, measures=measures, note=note).encode()


def csv(study: Shown, measure: str, entity: str) -> bytes:
    """Return the series on the screen, with all digits."""
    return study.tidy(measure, entity).to_csv(index=False).encode()


def picture(study: Shown, difference: bool, measure: str, entity: str, suffix: str) -> bytes:
    """Return the figure as PNG or SVG.

    To be called in another process: matplotlib's style is one for all threads, and so for all sessions.
    """
    from cordiale.charts import CHARTS
    from cordiale.charts.files import pictures
    from cordiale.charts.words import source

    figure = CHARTS["difference" if difference else "fan"].function(study, measure, entity)
    with TemporaryDirectory(prefix="cordiale-") as folder:
        path = Path(folder) / f"figure.{suffix}"
        pictures(figure, "figure", source(study))[path.name](path)
        return path.read_bytes()
