"""The charts that a study allows, as figures of a page."""

from __future__ import annotations

import inspect
from typing import Any

from cordiale.charts import CHARTS
from cordiale.charts.words import plain
from cordiale.errors import OptionError
from cordiale.report.parts import Picture
from cordiale.report.svg import inline
from cordiale.study import Study

ABOUT = ("fan", "difference", "parts")  # of the focus dyad; the others show everybody
EVERYBODY = ("small_multiples", "network", "rank", "heatmap", "ladder", "membership")
WIDE = {"fan": {"width": 5.6, "height": 2.5}, "difference": {"width": 5.6, "height": 2.3}}
LARGEST = 2_000_000  # characters of all figures, so that the page stays below 3 MB
FEW = 4  # scenarios that the fan shows with both bands, so that small multiples add nothing


def figures(study: Study) -> tuple[dict[str, Picture], list[str]]:
    """Return name of a chart -> figure, and why others are not drawn, a sentence each."""
    drawn: dict[str, Picture] = {}
    missing = []
    order = dict.fromkeys((*ABOUT, *EVERYBODY, *CHARTS))
    for name, chart in ((name, CHARTS[name]) for name in order):
        if (name == "small_multiples" and len(study.scenarios) <= FEW) or _alone(study, name):
            continue
        try:
            figure = chart.function(study, **_options(study, name))
        except OptionError as error:
            missing.append(f"{chart.shows[:1].upper()}{chart.shows[1:]}: {error}.")
            continue
        title, note, source = (plain(text.get_text()) for text in figure.texts[:3])
        image, width = inline(figure, f"figure-{name}", f"{title}. {note}")
        if sum(len(each.image) for each in drawn.values()) + len(image) > LARGEST:
            missing.append(
                f"{title}: with {len(study.scenarios)} scenarios the file would grow too large; see charts/."
            )
            continue
        drawn[name] = Picture(title, note, source, image, width)
    return drawn, missing


def _alone(study: Study, name: str) -> bool:
    """Whether a chart of differences is asked of a single scenario."""
    return name == "difference" and len(study.scenarios) == 1


def _options(study: Study, name: str) -> dict[str, Any]:
    """Return a page's measures for a chart, and the focus dyad where the study records it everywhere."""
    options: dict[str, Any] = dict(WIDE.get(name, {}))
    focus = study.manifest["focus"]
    known = inspect.signature(CHARTS[name].function).parameters
    if "entity" in known and name in (*ABOUT, "small_multiples"):
        if all(focus in study.measures(each).get("alignment", []) for each in study.scenarios):
            options["entity"] = focus
    return options
