"""Every parameter by its path: one registry for packs, scenarios, --set, explain and the arrays.

A path names one number of the world: `FRA.china_tone.ideal`, `JPN>FRA.trust`, `FRA-JPN.practice.maritime`,
`quad.aimed_at.CHN`, `weight.trust_news`. A field is the array that holds all numbers of its kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from cordiale.files.errors import nearest, suggested

if TYPE_CHECKING:
    from cordiale.case.pack import Pack


Index = tuple[int, ...]


@dataclass(frozen=True)
class Field:
    """An array of parameters.

    Attributes
    ----------
    axes : names of the axes after the world axis
    scale : the range of a value
    meaning : what it says, with its unit where it has one
    kind : "coded" drawn from the pack's range; "lever" 0 until a lever sets it; "hold" free until a
        lever holds it in (1) or out (0); "start" used at the start only, so that no lever can move it
    absent : the value where the pack codes none and no lever sets one; NaN: there is none
    """

    axes: tuple[str, ...]
    scale: tuple[float, float]
    meaning: str
    kind: str = "coded"
    absent: float = 0.0


NONE = float("nan")
UNIT, SIGNED, TREND = (0.0, 1.0), (-1.0, 1.0), (-0.1, 0.1)
FIELDS: dict[str, Field] = {
    "ideal": Field(("state", "issue"), UNIT, "where the state wants to stand on the issue"),
    "salience": Field(("state", "issue"), UNIT, "how much the issue matters to the state"),
    "trend": Field(("state", "issue"), TREND, "change of the ideal point a quarter"),
    "expected_trend": Field(("state", "issue"), TREND, "change a quarter that partners expect"),
    "resolve": Field(("state",), UNIT, "weight of its ideal point against the pull of others"),
    "bandwidth": Field(("state",), (0.0, 6.0), "width of its diplomacy; only its ratio to the coded value counts"),
    "clarity": Field(("state",), UNIT, "how readable its positions are: 1 without noise"),
    "liberal_order": Field(("state",), UNIT, "attachment to the liberal order"),
    "assertiveness": Field(("state",), UNIT, "how hard a challenger presses"),
    "hits": Field(("state",), (0.0, 6.0), "episodes of a challenger's coercion, a year"),
    "exports": Field(("state",), UNIT, "share of world exports of large weapons"),
    "capability": Field(("state", "theatre"), UNIT, "what it can bring to the theatre"),
    "threat": Field(("state", "hazard"), UNIT, "how it rates the hazard"),
    "dependence": Field(("state", "challenger"), UNIT, "how much the challenger can hurt it"),
    "present": Field(("state",), UNIT, "takes part (1) or stands outside (0)", "hold", NONE),
    "backing": Field(("state", "format"), UNIT, "backing for its entry into the format", "lever"),
    "member": Field(("state", "format"), UNIT, "membership held in (1) or out (0)", "hold", NONE),
    "leave": Field(("state", "format"), UNIT, "leaves the format (1)", "lever"),
    "trust": Field(("observer", "observed"), UNIT, "baseline to which trust returns, and its start"),
    "usefulness": Field(("observer", "observed"), SIGNED, "added to the partner's capability as seen"),
    "breach": Field(("observer", "observed"), UNIT, "breach that the observer sees, of the largest", "lever"),
    "coercion": Field(("observer", "observed"), UNIT, "pressure of the first on the second, unprovoked", "lever"),
    "cancel": Field(("observer", "observed"), UNIT, "cancels a large contract of the seller (1)", "lever"),
    "bias": Field(("observer", "observed", "issue"), SIGNED, "added to the partner's signal as seen"),
    "practice": Field(("one", "other", "domain"), UNIT, "cooperation in the domain at the start", "start"),
    "opening": Field(("one", "other", "domain"), UNIT, "added appetite of both for the domain", "lever"),
    "export_control_forum": Field(("one", "other"), UNIT, "strength of their forum on export controls"),
    "agreement": Field(("one", "other", "agreement"), UNIT, "agreement held in (1) or out (0)", "hold", NONE),
    "open_talks": Field(("one", "other", "agreement"), UNIT, "they open talks on the agreement (1)", "lever"),
    "sign": Field(("one", "other", "agreement"), UNIT, "they sign the agreement (1)", "lever"),
    "character": Field(("format", "issue"), UNIT, "position that the format stands for", absent=NONE),
    "aimed_at": Field(("format", "challenger"), UNIT, "how far the format reads as aimed at it"),
    "found": Field(("format",), UNIT, "the format is founded (1)", "lever"),
    "rate": Field(("domain",), (0.0, 20.0), "events a year of a dyad whose practice is 1", absent=1.5),
    "weight": Field(("agreement",), UNIT, "part of the agreement in institutional depth"),
    "opens": Field(("agreement",), (-12.0, 0.0), "logit of its chance a year to be opened and signed", absent=NONE),
    "signature": Field(("agreement",), UNIT, "chance a quarter that talks end in a signature", absent=NONE),
}


class Names:
    """The members of each axis of a pack, in the pack's order, and the paths that they give.

    Attributes
    ----------
    lost : names that case.yaml says something of, with a fault: they are no members, and may be used
    """

    def __init__(self, pack: Pack) -> None:
        case = pack.case
        self._roles = case.roles
        self.states, self.issues, self.domains = list(case.states), list(case.issues), list(case.domains)
        self.agreements, self.formats = list(case.agreements), list(case.formats)
        self.theatres, self.hazards = list(case.theatres), list(case.hazards)
        self.challengers = [state for state in self.states if state in case.hazards]
        self.weights = list(pack.weights)
        self.lost = pack.lost

    @cached_property
    def joint_kinds(self) -> list[str]:
        """Kinds of events that two states do together: those that the pack's roles have, and the domains."""
        roles, domains = self._roles, [name for name in self.domains if name != self._roles.exercises]
        exercises = ["exercise", "exercise_land", "exercise_air"] if roles.exercises else []
        meetings, tiers = ["two_plus_two"] * bool(roles.meetings), ["tier"] * bool(roles.dialogue)
        return ["leaders", *meetings, *exercises, *domains, "document", *tiers, "visit"]

    @cached_property
    def directed_kinds(self) -> list[str]:
        """Kinds of events that one state directs at another."""
        return ["multinational", *["call"] * bool(self._roles.presence), *["arms_order"] * bool(self._roles.arms)]

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Axis name -> its members."""
        lists = {"state": self.states, "issue": self.issues, "domain": self.domains, "theatre": self.theatres}
        lists |= {"agreement": self.agreements, "format": self.formats, "hazard": self.hazards}
        lists |= {"event": [*self.joint_kinds, *self.directed_kinds]}
        return (
            lists
            | dict.fromkeys(("observer", "observed", "one", "other"), self.states)
            | {"challenger": self.challengers}
        )

    def shape(self, field: str) -> Index:
        """Return the shape of a field after the world axis."""
        return tuple(len(self.members[axis]) for axis in FIELDS[field].axes)

    def dyad(self, text: str) -> str:
        """Return an undirected dyad in its canonical order, that of the alphabet; KeyError if it is none."""
        one, _, other = text.partition("-")
        if one not in self.states or other not in self.states or one == other:
            raise KeyError(text)
        return "-".join(sorted((one, other)))

    @cached_property
    def paths(self) -> dict[str, tuple[str, Index]]:
        """Canonical path -> (field, index) of every parameter; weights are ("weights", ())."""
        return _paths(tuple((axis, tuple(members)) for axis, members in self.members.items()), tuple(self.weights))

    def canonical(self, path: str) -> str:
        """Return the canonical form of a path a user typed; KeyError with a hint where there is none."""
        ordered = _in_order(path)
        if ordered not in self.paths:
            raise KeyError(f"'{path}' is not a parameter of this pack{self.hint(path)}")
        return ordered

    def hint(self, path: str, others: Iterable[str] = ()) -> str:
        """Return "; did you mean X?" where a path, or another name, is near one that is none, else ''.

        A path that lacks its last part, as `FRA.china_tone` does, is completed with the first that it can have.
        """
        first = {each.rpartition(".")[0]: each for each in reversed(self.paths) if each.count(".") > 1}
        near = nearest(_in_order(path), [*others, *first, *self.paths])
        return suggested(path, near and first.get(near, near))

    def is_held(self, path: str) -> bool:
        """Whether the number at a path, which there may not be, is 0 or 1 and nothing between."""
        field, _ = self.paths.get(path, ("", ()))
        return field in FIELDS and FIELDS[field].kind == "hold"

    def scale(self, path: str) -> tuple[float, float]:
        """Return the scale of the number at a canonical path; a weight's own scale is checked elsewhere."""
        field, _ = self.paths[path]
        return FIELDS[field].scale if field in FIELDS else (float("-inf"), float("inf"))


@lru_cache(maxsize=8)
def _paths(axes: tuple[tuple[str, tuple[str, ...]], ...], weights: tuple[str, ...]) -> dict[str, tuple[str, Index]]:
    """Return the table of paths, made once for packs of the same members: it is large."""
    members = dict(axes)
    table: dict[str, tuple[str, Index]] = {f"weight.{name}": ("weights", ()) for name in weights}
    for name, field in FIELDS.items():
        for index in _indices(tuple(len(members[axis]) for axis in field.axes)):
            words = [members[axis][at] for axis, at in zip(field.axes, index, strict=True)]
            path = _path(name, field, words)
            if path is not None:
                table[path] = (name, index)
    return table


def _in_order(path: str) -> str:
    """Return a path whose pair of states, if it begins with one, stands in the order of the alphabet."""
    head, dot, rest = path.partition(".")
    if len(head) == 7 and head[3] == "-" and head[:3] != head[4:]:
        return "-".join(sorted((head[:3], head[4:]))) + dot + rest
    return path


def _path(name: str, field: Field, words: list[str]) -> str | None:
    """Return the canonical path of a field's entry; None for one that is no number of its own."""
    if field.axes[:2] in (("observer", "observed"), ("one", "other")):
        directed = field.axes[0] == "observer"
        if words[0] == words[1] or (not directed and words[0] > words[1]):
            return None
        head, rest = (">" if directed else "-").join(words[:2]), words[2:]
        return ".".join([head, name, *rest])
    if field.axes == ("state", "issue"):
        return ".".join([*words, name])
    return ".".join([words[0], name, *words[1:]])


def _indices(shape: Index) -> list[Index]:
    indices: list[Index] = [()]
    for length in shape:
        indices = [(*index, at) for index in indices for at in range(length)]
    return indices


SETTINGS = ("model", "horizon", "worlds", "seed", "measures")
