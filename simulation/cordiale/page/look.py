"""What an address asks for: a question or a scenario, levers that were moved, and in how many worlds it is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from cordiale.files.errors import OptionError, short

SET = "set."  # before the name of a lever in an address
WORLDS = 64  # of a quick look, so that many can look at once
MORE = (WORLDS, 200, 500)


@dataclass(frozen=True)
class Look:
    """What a visitor looks at; an address gives the same look again.

    Attributes
    ----------
    name : of a question, a scenario, or a file that was sent; the first question where empty
    moved : lever -> value, held from the first quarter to the last
    worlds : None for those of the answer that is kept
    """

    name: str = ""
    moved: Mapping[str, float] = field(default_factory=dict)
    worlds: int | None = None

    @classmethod
    def of(cls, asked: Sequence[tuple[str, str]]) -> Look:
        """Return the look of an address' names and values; OptionError where one makes no sense."""
        given = dict(asked)
        moved = {name.removeprefix(SET): _number(name, text) for name, text in asked if name.startswith(SET)}
        worlds = None
        if text := given.get("worlds"):
            if text not in {str(each) for each in MORE}:
                raise OptionError(f"worlds={short(text)}: {', '.join(str(each) for each in MORE)}")
            worlds = int(text)
        return cls(given.get("q", ""), moved, worlds)

    @property
    def kept(self) -> bool:
        """Whether nothing is changed, so that a kept answer serves."""
        return not self.moved and self.worlds is None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The address' names and values."""
        found = [("q", self.name)] if self.name else []
        found += [("worlds", str(self.worlds))] if self.worlds else []
        return [*found, *((SET + name, str(value).removesuffix(".0")) for name, value in self.moved.items())]

    @property
    def query(self) -> str:
        """The end of the address, behind its question mark."""
        return urlencode(self.pairs)

    def run_in(self, worlds: int | None) -> Look:
        """Return the same look in another number of worlds."""
        return replace(self, worlds=worlds)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise OptionError(f"{short(name)}={short(text)}: a lever stands between 0 and 1")
    return value
