"""Commented starts: a case pack for another article, and a scenario of a pack."""

from __future__ import annotations

from cordiale.new.start import new_pack, new_scenario, run_words

__all__ = ["new_pack", "new_scenario", "run_words"]
