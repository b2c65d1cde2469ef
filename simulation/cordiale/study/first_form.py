"""The measures of studies that were written before a manifest said which model ran, and which measures it has."""

from __future__ import annotations

from typing import Any

_KINDS = {
    "alignment": ("dyad", None, "0 to 1", "alignment"),
    "similarity": ("dyad", None, "0 to 1", "policy similarity (S)"),
    "depth": ("dyad", None, "0 to 1", "institutional depth"),
    "practice": ("dyad", None, "0 to 1", "practice, mean over domains"),
    "trust": ("dyad", None, "0 to 1", "mutual trust"),
    "practice.": ("dyad", "domain", "0 to 1", "practice"),
    "position_gap.": ("dyad", "issue", "0 to 1", "gap between positions"),
    "agreement.": ("dyad", "agreement", "share of worlds", "agreement in force"),
    "ladder": ("dyad", None, "rungs", "rungs of the ladder in force"),
    "initiatives": ("dyad", None, "a quarter", "joint initiatives"),
    "same_bloc": ("dyad", None, "share of worlds", "in the same bloc"),
    "trusting": ("directed", None, "0 to 1", "trust in the partner"),
    "perceived_similarity": ("directed", None, "-1 to 1", "similarity as seen"),
    "rank": ("directed", None, "1 is the most valued", "rank of the partner"),
    "misperception": ("directed", None, "0 to 1", "error about the partner's positions"),
    "shortfall": ("directed", None, "0 to 1", "frustration: shortfall against expectation"),
    "position.": ("state", "issue", "0 to 1", "position"),
    "pressure": ("state", None, "sum over challengers, each 0 to 1", "pressure received"),
    "hedging": ("state", None, "0 to 1", "evenness between the poles"),
    "member.": ("state", "format", "share of worlds", "member of the format"),
}
FIRST_FORM: dict[str, Any] = {
    "name": "diplomacy",
    "headline": "alignment",
    "parts": ["similarity", "depth", "practice", "trust"],
    "measures": {
        name: dict(zip(("entity", "of", "unit", "meaning"), kind, strict=True)) | {"last_only": name == "same_bloc"}
        for name, kind in _KINDS.items()
    },
}
