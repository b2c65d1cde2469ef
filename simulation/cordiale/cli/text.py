"""Tables on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[dict[str, Any]], title: str | None = None) -> None:
    """Print rows of one shape as a table; texts from files are printed as they are."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    found = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name, value in rows[0].items():
        numeric = isinstance(value, int | float)
        found.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        found.add_row(*(Text(f"{value:.3f}" if isinstance(value, float) else str(value)) for value in row.values()))
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "160"))
    Console(width=width).print(found)
