"""The charts of a comparison: difference fans and the forest plot."""

from __future__ import annotations

from pathlib import Path

from cordiale.analysis.compare import Comparison
from cordiale.charts import words
from cordiale.charts.difference import difference
from cordiale.charts.files import pictures, write
from cordiale.charts.forest import forest


def draw_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write the forest plot and a difference fan for each measure as PNG and SVG, and return their paths."""
    study = comparison.study
    source = words.source(study)
    writers = pictures(forest(comparison), "forest", source)
    for row in {(row.measure, row.entity): row for row in comparison.rows}.values():
        if len(row.quarters) > 1:
            name = f"difference-{row.measure}-{row.entity}".replace(">", "-to-")
            writers |= pictures(difference(study, row.measure, row.entity), name, source)
    return write(folder, writers)
