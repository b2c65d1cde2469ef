"""The model and a case pack as an ODD document (Grimm et al. 2020), made from the program's own tables."""

from __future__ import annotations

from cordiale.odd.document import MODELS, odd
from cordiale.odd.names import lacking, wanted

__all__ = ["MODELS", "lacking", "odd", "wanted"]
