"""The folder that an analysis leaves: tables, charts, and a manifest that says what was run."""

from __future__ import annotations

import platform
import re
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordiale.files.atomic_write import write_files
from cordiale.files.errors import shown
from cordiale.files.file_list import hash_of
from cordiale.scenario.settings import Scenario
from cordiale.study.journal import Journal
from cordiale.study.manifest import PACKAGES, write_manifest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


FORMAT = 1
OWN = ("SALib", "ema_workbench")


def folder_of(kind: str, *names: str) -> Path:
    """Return where an analysis goes without --out: "outputs/sensitivity-baseline-alignment-FRA-JPN"."""
    words = [re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-") for name in names]
    return Path("outputs") / "-".join([kind, *words])[:120]


def keep(
    run: Journal, manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, tuple[Callable[[], Figure], str]],
) -> None:  # fmt: skip
    """Write an analysis into the result of a run that is not yet seen.

    Parameters
    ----------
    tables : name of a csv file without its ending -> table
    figures : name of a chart -> what draws it, and its source line
    """
    from cordiale.output.charts.layout import pictures

    for name, table in tables.items():
        table.to_csv(run.path(f"{name}.csv"), index=False, float_format="%.8g", encoding="utf-8")
    for name, (draw, source) in figures.items():
        write_files(run.result / "charts", pictures(draw(), name, source))
    content = {f"{name}.csv": hash_of(run.result / f"{name}.csv") for name in tables}
    write_manifest({**manifest, "command": run.header.typed, "content": content}, run)


def manifest_of(kind: str, scenario: Scenario, started: float, **about: Any) -> dict[str, Any]:
    """Return the manifest of an analysis of one scenario.

    Parameters
    ----------
    started : seconds since the epoch
    about : what the analysis was asked for and how large it was
    """
    pack = scenario.loaded.pack
    read: Sequence[Path] = [*scenario.loaded.files, *scenario.files]
    return {
        "kind": kind, "format": FORMAT, "pack": pack.name, "article": pack.case.article.citation,
        "scenario": scenario.name, "title": scenario.title, "seed": scenario.seed, "levers": scenario.levers,
        "fixed": scenario.fixed, **about,
        "read": {shown(path): hash_of(path) for path in dict.fromkeys(read)},
        "versions": {"python": platform.python_version()} | {name: version(name) for name in (*PACKAGES, *OWN)},
        "timing": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.time() - started, 3),
        },
    }  # fmt: skip
