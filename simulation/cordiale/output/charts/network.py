"""States as a network of their ties, and the blocs they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cordiale.case.quarters import end_of
from cordiale.models.diplomacy.index import stability
from cordiale.output.charts import titles
from cordiale.output.charts.axes import number
from cordiale.output.charts.frame import Words, finish, head, sheet
from cordiale.output.charts.recorded import Array, all_dyads, matrix
from cordiale.output.charts.style import house_style, inks, scenario_ink, sizes, target
from cordiale.study import labels as words
from cordiale.study.study import Study

NODES = (
    ("#0072B2", "o"),
    ("#E69F00", "s"),
    ("#009E73", "D"),
    ("#CC79A7", "h"),
    ("#D55E00", "p"),
    ("#56B4E9", "8"),
)
ALONE = ("white", "o")
OUTSIDE = ("#DDDDDD", "X")  # takes no part
Bloc = tuple[str, ...]
Mark = tuple[str, str]  # colour, on the page, and marker
_SHAPES = {"o": "Circles", "s": "Squares", "D": "Diamonds", "h": "Hexagons", "p": "Pentagons", "8": "Octagons"}


@dataclass(frozen=True)
class Network:
    """A scenario's network at its horizon.

    Attributes
    ----------
    ties : median strength of each tie, (N, N), NaN on the diagonal
    blocs : states that share one in more than half of worlds, as in the chart of blocs
    stable : stability of blocs, 0 to 1
    worlds : how many there are
    outside : states that take no part, which are in no bloc and have no tie
    """

    ties: Array
    blocs: tuple[Bloc, ...]
    stable: float
    worlds: int
    outside: tuple[str, ...] = ()

    @property
    def drawn(self) -> Array:
        """The ties of states that take part."""
        return self.ties[~np.isnan(self.ties)]

    @property
    def mean(self) -> float:
        """The mean tie, above which an edge is drawn."""
        return float(self.drawn.mean()) if self.drawn.size else 0.0

    @property
    def divided(self) -> bool:
        """Whether blocs divide the states, in enough worlds."""
        return divides([len(bloc) for bloc in self.blocs]) and self.stable >= STABLE

    @property
    def words(self) -> str:
        """What is said of a panel; the stability is 1 in one world, whatever the blocs are."""
        sizes = [len(bloc) for bloc in self.blocs]
        if not divides(sizes):
            return f"no blocs: {no_division(sizes)}"
        if self.worlds == 1:
            return "blocs of one world"
        if not self.divided:
            return f"no blocs: they differ from world to world, stability {self.stable:.2f}"
        return f"stability {self.stable:.2f}"


# Below it a pair is, on average, on the other side in more than a quarter of the worlds (|2 p - 1| = 0.5 at p = 0.75):
# blocs then differ from world to world, and colours would tell what most worlds do not have.
STABLE = 0.5


def divides(sizes: Sequence[int]) -> bool:
    """Return whether blocs of these sizes divide states into sides: two of them have two states or more.

    Blocs are found with the mean tie as resolution, and some tie is always above the mean: one bloc, and states
    alone beside it, is what any states give, among three or four nearly always.
    """
    return sum(size > 1 for size in sizes) > 1


def no_division(sizes: Sequence[int]) -> str:
    """Return why blocs of these sizes divide nobody."""
    if len(sizes) == 1:
        return "all states are in one"
    return "each state is alone" if max(sizes, default=1) == 1 else "one has several states, and the others are alone"


@house_style()
def network(study: Study) -> Figure:
    """Return the network of states at the horizon, one panel a scenario.

    An edge is a dyad whose median tie is above the mean of all dyads, wider the stronger it is; the shape of a node
    tells its bloc: with whom it shares one in more than half of worlds. Ties are the measure `strength`, from which
    blocs are found, and the headline where the study has none. Places follow from the first scenario's ties (Kamada and
    Kawai 1989, begun from a circle, so that they are the same each time) and hold in all panels. Blocs are drawn where
    two or more have several states, and where their stability is at least 0.5. A state that takes no part at the
    horizon has no edge and no bloc.

    Raises
    ------
    OptionError where the study lacks the ties or same_bloc of all dyads
    """
    measure = tie_measure(study)
    codes = all_dyads(study, "network", measure)
    all_dyads(study, "network", "same_bloc")
    names = study.scenarios[: 1 if target().narrow else 3 if target().sheet.fixed else 6]
    found = [network_of(study, name, codes) for name in names]
    thick = _Thickness(found)
    columns = min(len(found), 3)
    rows = -(-len(found) // columns)
    figure, panels = sheet(rows, columns, lines=(20 if len(found) == 1 else 16) * rows)
    places = positions(ties_of(study, study.scenarios[0], codes))
    known = _marks(found)
    for k, (each, axes) in enumerate(zip(found, panels, strict=False)):
        _draw(axes, each, codes, places, known, thick)
        head(axes, words.scenario_title(study, names[k]), scenario_ink(k).colour)
    for axes in panels[len(found) :]:
        axes.remove()
    return finish(figure, _words(study, measure, names, found, known, thick))


def _words(
    study: Study, measure: str, names: Sequence[str], found: Sequence[Network], known: dict[Bloc, Mark],
    thick: _Thickness,
) -> Words:  # fmt: skip
    what, first, by = words.quantity(study, measure), found[0], end_of(study.quarters()[-1])
    if first.divided:
        count = f"{len([bloc for bloc in first.blocs if len(bloc) > 1])} blocs of several states by {by}"
        alike = all({*each.blocs} == {*first.blocs} for each in found)
        same = ", the same under every policy" if alike and len(found) > 1 else ""
        forms = [f"{count}{same}", count]
    else:
        forms = [f"Ties, and no blocs, by {by}: {first.words.removeprefix('no blocs: ')}"]
    shapes = [
        f"{_SHAPES[mark[1]]}: {', '.join(words.state(study, code) for code in bloc)}" for bloc, mark in known.items()
    ]
    told = [f"“{words.scenario_title(study, name)}”: {each.words}" for name, each in zip(names, found, strict=True)]
    subtitle = titles.joined(
        f"Lines: median {what} above the mean of pairs, the widest {number(round(thick.strongest, 1))}", *shapes,
        "White circles: in no bloc" if known else "", *told,
    )  # fmt: skip
    drawn = "The nearer two states stand, the stronger their tie in the first panel"
    if any(each.divided for each in found):
        drawn += "; a bloc: states that share one in more than half of worlds; stability 1: each pair always or never"
    drawn += f"; blocs are shown where two have several states, with a stability of {STABLE:g} or more"
    drawn += "; crosses: take no part" if any(each.outside for each in found) else ""
    left = [words.scenario_title(study, name) for name in study.scenarios if name not in names]
    drawn += f". Not drawn: {', '.join(left)}" if left else ""
    alt = f"{len(found)} networks of states. {forms[0]}. {'. '.join([*shapes, *told])}."
    return Words(forms, subtitle, titles.caption(study, drawn), alt)


def _marks(networks: Sequence[Network]) -> dict[Bloc, Mark]:
    """Return the mark of each bloc of two states or more, the largest of the first panel first."""
    blocs = [
        bloc for each in networks if each.divided for bloc in sorted(each.blocs, key=lambda bloc: (-len(bloc), bloc))
    ]
    several = dict.fromkeys(bloc for bloc in blocs if len(bloc) > 1)
    return {bloc: NODES[k % len(NODES)] for k, bloc in enumerate(several)}


def tie_measure(study: Study) -> str:
    """Return the measure of ties: their strength, and the headline where the study's model knows none."""
    return "strength" if "strength" in study.model["measures"] else study.headline


def network_of(study: Study, scenario: str, codes: Sequence[str]) -> Network:
    """Return the network of a scenario at its horizon."""
    outside, ties = study.outside_at_end(scenario), ties_of(study, scenario, codes)
    out = [at for at, code in enumerate(codes) if code in outside]
    ties[out] = ties[:, out] = np.nan
    dyads = study.measures(scenario)["same_bloc"]
    kept = [at for at, dyad in enumerate(dyads) if not set(outside) & set(dyad.split("-"))]
    shared = study.values("same_bloc", scenario=scenario, quarter=-1)[:, kept]
    here = [code for code in codes if code not in outside]
    groups = groups_of(matrix(shared.mean(axis=0), [dyads[at] for at in kept], here))
    blocs = tuple(tuple(sorted(here[k] for k in group)) for group in groups)
    return Network(ties, blocs, stability(shared) if kept else 1.0, len(shared), tuple(outside))


def ties_of(study: Study, scenario: str, codes: Sequence[str]) -> Array:
    """Return the median strength of each tie at a scenario's horizon, (N, N)."""
    measure = tie_measure(study)
    ties = np.median(study.values(measure, scenario=scenario, quarter=-1), axis=0)
    return matrix(ties, study.measures(scenario)[measure], codes)


def groups_of(square: Array) -> list[list[int]]:
    """Return states that are in one bloc in more than half of worlds, each with one of its group at least.

    That of the first state comes first, then the others by size; the surest of each group first, the states alone last.

    Parameters
    ----------
    square : shares of worlds in one bloc, (N, N)
    """
    home = list(range(len(square)))
    for i, j in zip(*np.nonzero(np.nan_to_num(square) > 0.5), strict=True):
        home = [home[i] if each == home[j] else each for each in home]
    groups: dict[int, list[int]] = {}
    for k, each in enumerate(home):
        groups.setdefault(each, []).append(k)

    def surely(group: Sequence[int], k: int) -> float:
        others = [float(square[k, other]) for other in group if other != k]
        return -float(np.mean(others)) if others else 0.0

    found = sorted(groups.values(), key=lambda group: (len(group) == 1, 0 not in group, -len(group)))
    return [sorted(group, key=lambda k: surely(group, k)) for group in found]


def positions(ties: Array) -> Array:
    """Return a place for each state in the unit square, (N, 2); the nearer, the stronger their tie."""
    import igraph

    size = len(ties)
    edges = list(combinations(range(size), 2))
    graph = igraph.Graph(n=size, edges=edges)
    weights = np.array([ties[edge] for edge in edges])
    spans = 0.55 + (weights.max() - weights) / max(float(np.ptp(weights)), 1e-9)
    layout = graph.layout_kamada_kawai(seed=graph.layout_circle(), weights=spans.tolist())
    places = np.array(layout.coords)
    return np.asarray((places - places.min(axis=0)) / np.maximum(np.ptp(places, axis=0), 1e-9))


def _draw(
    axes: Axes, network: Network, codes: Sequence[str], places: Array, known: dict[Bloc, Mark], thick: _Thickness
) -> None:
    for i, j in combinations(range(len(codes)), 2):
        if network.ties[i, j] > network.mean:
            width = thick.of(network.ties[i, j])
            axes.plot(
                *places[[i, j]].T,
                color=inks().rule,
                linewidth=width * sizes().line / 1.8,
                solid_capstyle="butt",
                zorder=1,
            )
    for place, code in zip(places, codes, strict=True):
        bloc = next((bloc for bloc in network.blocs if code in bloc), ())
        look = OUTSIDE if code in network.outside else known.get(bloc, ALONE) if network.divided else ALONE
        _node_at(axes, place, code, look)
    axes.set_xlim(-0.1, 1.1)
    axes.set_ylim(-0.1, 1.1)
    axes.set_axis_off()


class _Thickness:
    """How wide edges are, in points, the same in each panel: from the weakest tie that is drawn to the strongest."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self.weakest = min(each.mean for each in networks)
        self.strongest = max(float(each.drawn.max(initial=each.mean)) for each in networks)

    def of(self, tie: float) -> float:
        """Return the width of an edge; its square root is linear in the tie, so that few edges are wide."""
        return 0.2 + 3.3 * ((tie - self.weakest) / max(self.strongest - self.weakest, 1e-9)) ** 2


def _node_at(axes: Axes, place: Array, code: str, mark: Mark) -> None:
    marker = mark[1]
    fill = inks().paper if mark in (ALONE, OUTSIDE) else inks().band
    axes.plot(*place, marker=marker, color=fill, markersize=2.4 * sizes().small, markeredgecolor=inks().soft,
              markeredgewidth=sizes().line / 3, zorder=2, gid=code, clip_on=False)  # fmt: skip
    x, y = (float(each) for each in place)
    axes.text(x, y, code, ha="center", va="center", size=0.86 * sizes().small, color=inks().ink, zorder=3)
