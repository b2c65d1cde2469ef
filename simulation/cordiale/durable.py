"""The parts of a study: how they are called, and how many worlds each holds."""

from __future__ import annotations

PART = 256  # worlds of a part of a study
TABLES = ("measures", "inputs")


def part_name(first: int) -> str:
    """Return the name of the part whose first world is given; names sort as worlds do."""
    return f"part-{first:010d}.parquet"
