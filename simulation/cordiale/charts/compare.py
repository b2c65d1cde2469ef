"""The charts of a comparison: difference fans and the forest plot."""

from __future__ import annotations

from pathlib import Path

from cordiale.analysis.compare import Comparison
from cordiale.charts import words
from cordiale.charts.difference import difference
from cordiale.charts.files import pictures
from cordiale.charts.forest import forest
from cordiale.files.atomic_write import write_files


def draw_comparison(comparison: Comparison, folder: Path, replace: bool = False) -> list[Path]:
    """Write the forest plot and a difference fan for each measure as PNG and SVG, and return their paths.

    Parameters
    ----------
    replace : whether files that lie there already may go
    """
    study = comparison.study
    source = words.source(study)
    writers = pictures(forest(comparison), "forest", source)
    for row in {(row.measure, row.entity): row for row in comparison.rows}.values():
        if len(row.quarters) > 1:
            name = f"difference-{row.measure}-{row.entity}".replace(">", "-to-")
            writers |= pictures(difference(study, row.measure, row.entity), name, source)
    return write_files(folder, writers, replace)
