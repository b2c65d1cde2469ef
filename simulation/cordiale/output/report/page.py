"""Gather a study's sections and set them into one HTML file."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from cordiale.files.atomic_write import check_files, user_path, write_text
from cordiale.models.units import unit_words
from cordiale.output.pages.findings import limits
from cordiale.output.report import claims, effects, sensitivity, sources
from cordiale.output.report.elements import pair, typeset
from cordiale.output.report.rebuilt import rebuild
from cordiale.study.findings import findings
from cordiale.study.labels import quantity
from cordiale.study.study import Study

NAME = "report.html"


def html(given: Study, verdicts: Path | None = None, sensitive: Path | None = None, allow: Collection[str] = ()) -> str:
    """Return a study's report as the text of an HTML file that asks for no other.

    Parameters
    ----------
    verdicts : folder that `cordiale claims` wrote
    sensitive : folder that `cordiale sensitivity` wrote
    allow : modules from which the study may name a family of the user's own

    Raises
    ------
    StudyError, OptionError, FileError where the study, its pack or a folder cannot be read
    """
    rebuilt = rebuild(given, allow)
    study = rebuilt.study
    run = sensitivity.run_of(sensitive, study) if sensitive else None
    judged = claims.verdicts(rebuilt, verdicts)
    drawn, not_drawn = effects.figures(study)
    return _set({
        "study": study, "manifest": study.manifest, "case": rebuilt.loaded.pack.case, "title": _title(study),
        "unit": unit_words(study.measure(study.headline).unit), "what": quantity(study, study.headline),
        "abstract": findings(study), "pair": pair(study), "policies": sources.policies(rebuilt),
        "effects": effects.effects(study), "levels": effects.levels(study),
        "about": [drawn[name] for name in effects.ABOUT if name in drawn],
        "everybody": [each for name, each in drawn.items() if name not in effects.ABOUT], "not_drawn": not_drawn,
        "claims": judged, "run": run, "coder": claims.coder(rebuilt),
        "limits": [str(limit) for limit in limits(rebuilt.first)], "numbers": len(rebuilt.first.numbers),
        "sources": sources.sources(rebuilt), "moved": sources.moved(rebuilt),
        "others": sources.others(rebuilt), "doubts": rebuilt.doubts,
        "facts": sources.facts(rebuilt), "files": sources.files(study), "command": sources.command(rebuilt),
        "version": sources.version(study), "by_hand": sources.by_hand(study), "whole": sources.whole(given),
    })  # fmt: skip


def report(
    study: Study | Path | str, out: Path | str | None = None, *, replace: bool = False, claims: Path | None = None,
    sensitivity: Path | None = None, allow: Collection[str] = (),
) -> Path:  # fmt: skip
    """Write a study as one HTML file to read, print and mail, whole or not at all, and return its path.

    Parameters
    ----------
    study : itself, or its folder
    out : `report.html` in the study's folder where None
    replace : whether a file that lies there may go
    claims, sensitivity : folders that `judge` and `sensitivity` wrote
    allow : modules from which the study may name a family of the user's own

    Raises
    ------
    StudyError where a file is in the way or the folder cannot be written, and what `html` raises
    """
    found = study if isinstance(study, Study) else Study.open(study)
    path = found.here / NAME if out is None else user_path(out)
    own = found.folder if path == found.folder / NAME else None
    check_files([path], replace, own=own)
    page = html(found, verdicts=claims, sensitive=sensitivity, allow=allow)
    return write_text(path, page, replace, own=own, still=found.check_same)


def _title(study: Study) -> str:
    """Return the scenarios that are looked at: those of the first one's coding but the first, or the first."""
    first, *others = study.manifest["scenarios"]
    alike = [each["name"] for each in others if each.get("coding") == first.get("coding")] or [first["name"]]
    titles = [study.title(name) for name in alike]
    return " · ".join(titles) if len(titles) <= 3 else f"{len(titles)} scenarios"


def _set(sections: Mapping[str, Any]) -> str:
    """Return the page; what comes from files is escaped, whatever its name, and set as text but for `exact`."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cordiale.output.report"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=typeset,
    )  # fmt: skip
    source = environment.loader.get_source(environment, "report.css")[0]  # type: ignore[union-attr]
    numbers = {"tables": itertools.count(1), "figures": itertools.count(1)}
    environment.filters["exact"] = escape
    environment.globals |= {"next": next, **numbers}
    return environment.get_template("report.html").render(style=Markup(source), **sections)
