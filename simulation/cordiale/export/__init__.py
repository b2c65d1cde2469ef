"""A study as tables that merge with other people's data: dyads and states by year, with COW codes and a codebook."""

from __future__ import annotations

from cordiale.export.files import FORMATS
from cordiale.export.tables import TABLES
from cordiale.export.write import Written, export

__all__ = ["FORMATS", "TABLES", "Written", "export"]
