"""What a family of models is: one object, which the rest of the program asks for all that is the family's own.

family.rules(pack)          the rules, made ready for a pack; picklable, the same in every block
rules.start(...)            a block of worlds at its start
steps(model, quarters)      the one loop: quarter after quarter
model.reading()             what the family's measures are read from
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.random import Array, Streams
from cordiale.models.units import YES_NO

if TYPE_CHECKING:
    from cordiale.case.fields import Names
    from cordiale.case.load import LoadedPack
    from cordiale.case.pack import Pack
    from cordiale.models.parameters import Parameters

Behaviour = Mapping[str, type]  # code of a state -> its class
Pair = tuple[str, str]  # the codes of two states
DEFAULT = "diplomacy"
FAMILIES = {
    "diplomacy": "cordiale.models.diplomacy.family:DIPLOMACY",
    "landscape": "cordiale.models.landscape:LANDSCAPE",
    "opinion": "cordiale.models.opinion:OPINION",
    "bargaining": "cordiale.models.bargaining:BARGAINING",
}


@dataclass(frozen=True)
class Kind:
    """What is known of a measure without the family that reads it.

    Attributes
    ----------
    entity : "dyad", "directed", "state", or "system" for one value a world
    of : the axis of `Names.members` whose members are its parts; None where it has none
    unit, meaning : for charts and tables
    last_only : read in the last quarter only, since it is dear
    phrase : of a share of worlds, what is so in those worlds: "{} are on the same side"
    good : "less" of what is better the less of it there is, such as a rank; "" of what is neither good nor bad
    """

    entity: str
    of: str | None
    unit: str
    meaning: str
    last_only: bool = field(default=False, kw_only=True)
    phrase: str | None = field(default=None, kw_only=True)
    good: str = field(default="", kw_only=True)

    def named(self, part: str) -> str:
        """Return what the measure of a part is called: "practice: Maritime", "coercive pressure by China"."""
        return self.meaning if not self.of else f"{self.meaning}{' by ' if self.of == 'challenger' else ': '}{part}"

    @property
    def yes_no(self) -> bool:
        """Whether it is so (1) or not so (0) in each world, and so a share of worlds over all of them."""
        return self.unit == YES_NO


@dataclass(frozen=True)
class Measure(Kind):
    """A measure of a family.

    Attributes
    ----------
    read : (reading, index of the part) -> (W, N, N), (W, N) or (W,)
    """

    read: Callable[[Any, int], Array]

    @property
    def kind(self) -> Kind:
        """What is known of it without the family."""
        return Kind(
            self.entity, self.of, self.unit, self.meaning, last_only=self.last_only, phrase=self.phrase, good=self.good
        )  # fmt: skip


class Model(Protocol):
    """A block of worlds on its way.

    Attributes
    ----------
    now : the worlds at the end of last quarter, frozen; `now.worlds` is how many there are
    parameters : the numbers of this quarter
    """

    now: Any
    parameters: Parameters

    def step(self) -> None:
        """Move all worlds by one quarter."""

    def resume(self, now: Any, quarter: int) -> None:
        """Go on from worlds that another model of the same numbers and streams brought to a quarter."""

    def reading(self) -> Any:
        """Return what the family's measures are read from."""


class Rules(Protocol):
    """A family made ready for a pack.

    Attributes
    ----------
    behaviour : code -> class of each state; empty where states have no classes
    """

    @property
    def behaviour(self) -> Behaviour:
        """The class of each state."""

    def start(self, drawn: Parameters, at: Callable[[int], Parameters], streams: Streams) -> Model:
        """Return a block of worlds at its start.

        Parameters
        ----------
        drawn : as each world drew them, without any lever
        at : quarter (from 0) -> the numbers of the block; asked at the start, and when each quarter begins, for what
            it gives may hang on `reading` as the quarter before has left it
        """

    def shuffled(self, states: Mapping[str, str], ties: Mapping[Pair, Pair]) -> Self:
        """Return the rules for a pack in which states and pairs have what another pack fixes of others.

        Parameters
        ----------
        states : code -> the state whose class, memberships and elections it has
        ties : (seller, buyer), and the reverse -> the pair whose agreements, talks and contracts it has
        """


class Family:
    """A family of models.

    Attributes
    ----------
    name : the `model:` of scenarios and packs
    home : "module:NAME" of this object, by which it travels to other processes
    weights : the file of its weights
    headline : the measure that sentences and charts take by default
    parts : the measures whose mean the headline is, in its unit; () where it is of none
    measures : name -> measure; a name that ends with a dot has a part for each issue, domain, ...
    world : the record of its worlds, whose docstring says what each array is
    specification : the document of its rules in docs/; None where its module's docstring says them
    attribution : why a dyad changed; None where the family cannot tell
    """

    name: str
    home: str
    weights: Path
    headline: str
    parts: tuple[str, ...] = ()
    measures: Mapping[str, Measure]
    world: type
    specification: str | None = None
    attribution: Attribution | None = None

    @property
    def behaviours(self) -> Behaviour:
        """The classes that a pack may name for its states, by their short names; empty where states have no classes."""
        return {}

    def chronicle(self, pack: Pack, held: Held) -> Chronicle | None:
        """Return what tells the story of a world of a pack; None where the family cannot."""
        return None

    def rules(self, loaded: LoadedPack, given: Behaviour | None = None, allowed: Collection[str] = ()) -> Rules:
        """Return the rules for a pack.

        Parameters
        ----------
        given : code -> class, in place of what the pack names
        allowed : modules that the user lets packs name; nothing else is imported

        Raises
        ------
        OptionError, FileError where a behaviour cannot be
        """
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel by name."""
        return _at, (self.home,)

    def measure(self, name: str) -> Measure:
        """Return the kind of a measure's name, without entity: "practice.maritime" -> practice by domain."""
        head, dot, _ = name.partition(".")
        return self.measures[name if name in self.measures else head + dot]


def family_of(name: str | None, allowed: Collection[str] = ()) -> Family:
    """Return a family by its name, or by "module:NAME" where the user allows the module.

    Raises OptionError where there is none.
    """
    name = name or DEFAULT
    if name in FAMILIES:
        return _at(FAMILIES[name])
    module, colon, _ = name.partition(":")
    if not colon:
        hint = did_you_mean(name, FAMILIES)
        known = f"known: {', '.join(FAMILIES)}; MODULE:NAME for one of your own"
        raise OptionError(f"no model {short(name)}{hint} ({known})")
    if module not in allowed:
        raise OptionError(f"the model {short(name)} is of a module that is not allowed: add --allow {module}")
    try:
        found = _at(name)
    except Exception as error:  # the user's own code runs when it is imported
        raise OptionError(f"the model {short(name)} cannot be loaded: {str(error) or type(error).__name__}") from None
    if not isinstance(found, Family):
        raise OptionError(f"the model {short(name)} is no Family")
    return found


def _at(home: str) -> Family:
    module, _, name = home.partition(":")
    found: Family = getattr(importlib.import_module(module), name)
    return found


@dataclass(frozen=True)
class Step:
    """A quarter that has passed.

    Attributes
    ----------
    quarter : counted from 0
    before : the worlds as they were;  numbers_before : the numbers of the quarter before
    model : the worlds as they are
    """

    quarter: int
    before: Any
    numbers_before: Parameters
    model: Any


def steps(model: Model, quarters: int, first: int = 0) -> Iterator[Step]:
    """Move a model on and yield each quarter when it has passed."""
    for quarter in range(first, quarters):
        before, numbers = model.now, model.parameters
        model.step()
        yield Step(quarter, before, numbers, model)


def is_foreign(kind: type) -> bool:
    """Return whether a class is not one of ours."""
    return kind.__module__.partition(".")[0] != "cordiale"


@dataclass(frozen=True)
class Event:
    """One thing that happens in a world.

    Attributes
    ----------
    quarter : "2019Q3"
    kind : "signed", "entry", ...; a family says which it has
    states : codes of those whom it concerns, the one who acts first; () of a policy
    words : a sentence
    """

    quarter: str
    kind: str
    states: tuple[str, ...]
    words: str


class CauseLabels(NamedTuple):
    """What a cause is called.

    Attributes
    ----------
    short : beside the quantity that it changes; several causes that are shown as one have the same
    long : the same, told apart from every other cause of the quantity
    whole : with the quantity, several causes that are shown as one have the same
    """

    short: str
    long: str
    whole: str


class Attribution(Protocol):
    """Why a dyad changed, as a family can tell: each quantity, and what each cause adds to it in a quarter."""

    def levels(self, model: Any, one: int, other: int) -> dict[str, Array]:
        """Return quantity -> (worlds,) as it is now."""

    def causes(self, step: Step, one: int, other: int) -> dict[tuple[str, str], Array]:
        """Return (quantity, cause) -> (worlds,) what the cause added in the quarter; they sum to the change."""

    def terms(self, step: Step, one: int, other: int) -> dict[str, Array]:
        """Return term -> (worlds,) what each term of the tie has added since the start, as the quarter began."""

    def in_parts(self, quantity: str) -> tuple[str, float]:
        """Return the part of the headline that a quantity belongs to, and how much of the part a unit of it is."""

    def standing(
        self, measured: Mapping[str, Array], drawn: Parameters, rules: Any
    ) -> dict[tuple[str, str, str], Array]:
        """Return (part, quantity, cause) -> (worlds,) what stands at the end, for parts that no quantity explains.

        Parameters
        ----------
        measured : each measure of `reads`, (worlds,) in the last quarter
        drawn : the numbers of the worlds, without any lever;  rules : of the family, made ready for the pack
        """

    def reads(self, names: Names) -> list[str]:
        """Return the measures that `standing` is told from."""

    def part_meaning(self, part: str) -> str:
        """Return what a part of the headline is, in a few words."""

    def quantity_label(self, quantity: str, pack: Pack) -> str:
        """Return what a quantity is called: "Trust of France in Japan"."""

    def cause_labels(self, quantity: str, cause: str, pack: Pack) -> CauseLabels:
        """Return what a cause is called."""


class Chronicle(Protocol):
    """What happens in one world, in sentences."""

    def beginning(self, now: Any, quarter: str) -> Iterator[Event]:
        """Yield what holds before the first quarter."""

    def of_quarter(self, step: Step, quarter: str) -> Iterator[Event]:
        """Yield what happened in a quarter."""


Held = Callable[[str, str, str], bool]  # (one, other, agreement) -> whether policy holds it in force
