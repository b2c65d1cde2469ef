"""The family `diplomacy`: what is known of it before a model runs.

States and model are loaded when they are asked for: with Mesa they take a second, and most commands run no model.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from cordiale.case.load import LoadedPack
from cordiale.case.pack import Pack
from cordiale.models.base import Behaviour, Family, Held
from cordiale.models.diplomacy.causes import Causes
from cordiale.models.diplomacy.chronicle import DiplomacyChronicle
from cordiale.models.diplomacy.index import PARTS
from cordiale.models.diplomacy.measures import MEASURES
from cordiale.models.diplomacy.structure import structure_of
from cordiale.models.diplomacy.world import World

if TYPE_CHECKING:
    from cordiale.models.diplomacy.rules import DiplomacyRules


class _Diplomacy(Family):
    name = "diplomacy"
    home = "cordiale.models.diplomacy.family:DIPLOMACY"
    weights = Path(__file__).with_name("weights.yaml")
    headline = "alignment"
    parts = PARTS
    measures = MEASURES
    world = World
    specification = "ODD.md"
    attribution = Causes()

    @property
    def behaviours(self) -> Behaviour:
        """The classes of states that a pack may name."""
        from cordiale.models.diplomacy.rules import BEHAVIOURS

        return BEHAVIOURS

    def chronicle(self, pack: Pack, held: Held) -> DiplomacyChronicle:
        """Return what tells the story of a world."""
        return DiplomacyChronicle(pack, held)

    def rules(
        self, loaded: LoadedPack, given: Behaviour | None = None, allowed: Collection[str] = ()
    ) -> DiplomacyRules:
        """Return the rules for a pack."""
        from cordiale.models.diplomacy.rules import rules_of

        return rules_of(loaded, structure_of(loaded.pack), given, allowed)


DIPLOMACY = _Diplomacy()
