"""The story of one world: what policy set, what states did and agreed on, who coerced whom, who entered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from cordiale.case.quarters import to_text
from cordiale.engine.block import Plan, begin, fault_of, worlds_of
from cordiale.files.errors import OptionError, UserError, did_you_mean, short
from cordiale.models.base import Behaviour, Event, steps
from cordiale.models.random import Streams
from cordiale.scenario.adaptive import Adaptive
from cordiale.scenario.layers import When
from cordiale.scenario.load import Scenario
from cordiale.scenario.timeline import Timeline
from cordiale.scenario.words import moves
from cordiale.study.design import plan_of, read_design
from cordiale.study.earlier_results import refuse_first_form
from cordiale.study.run import make_plan
from cordiale.study.study import Study

START, POLICY, ACTIVITY = "start", "policy", "activity"


def story(
    scenario: Scenario, world: int, behaviour: Behaviour | None = None, allow: Collection[str] = ()
) -> list[Event]:
    """Return what happens in one world of a scenario, quarter by quarter.

    Parameters
    ----------
    world : its number, from 0; the same world as number `world` of any study with the scenario's seed
    behaviour, allow : as in `cordiale.run`

    Raises
    ------
    OptionError for a negative number
    """
    if world < 0:
        raise OptionError(f"world {world}: worlds are numbered from 0")
    plan = make_plan([scenario], behaviour, allow)
    return list(telling(plan, scenario, world))


def telling(plan: Plan, scenario: Scenario, world: int) -> Iterator[Event]:
    """Yield what happens in one world of a scenario of a plan, up to where a behaviour fails, if one does."""
    model, course = begin(scenario, worlds_of(scenario, Streams(scenario.seed, world, 1)), plan.rules)
    policy = _Policy(scenario, course)
    chronicle = plan.family.chronicle(scenario.loaded.pack, policy.holds)
    if chronicle is None:
        raise OptionError(f"the model {plan.family.name} tells no story of a world")
    yield from chronicle.beginning(model.now, to_text(scenario.start))
    for step in steps(model, scenario.quarters):
        quarter = to_text(scenario.start + step.quarter)
        yield from policy.events(quarter)
        yield from chronicle.of_quarter(step, quarter)


def among(events: Sequence[Event], states: Collection[str]) -> list[Event]:
    """Return what concerns no one but these states, and every policy; entries count for whoever enters."""
    return [each for each in events if set(each.states) <= set(states)]


def about(events: Sequence[Event], states: Collection[str]) -> list[Event]:
    """Return every policy, and what concerns some states: of one all that it has a part in, of several `among`."""
    if len(set(states)) > 1:
        return among(events, states)
    return [each for each in events if not each.states or set(states) & set(each.states)]


def milestones(events: Sequence[Event]) -> list[Event]:
    """Return all but the start and everyday activity: meetings, exercises, visits."""
    return [each for each in events if each.kind not in (START, ACTIVITY)]


class _Policy:
    """What a scenario sets in one world, by quarter, and which agreements it holds in force.

    Parameters
    ----------
    course : of the world alone, which knows what of an adaptive plan it lives under
    """

    def __init__(self, scenario: Scenario, course: Timeline | Adaptive) -> None:
        self.scenario, self.course = scenario, course
        self.dates: dict[str, list[tuple[When | None, str]]] = {}
        first = to_text(scenario.start)
        conditions = {when: event.condition for when, event in scenario.timeline}
        timeline: list[When | None] = [*([None] * len(scenario.levers)), *conditions]
        for when, move in zip_longest(timeline, moves(scenario)):
            date = to_text(when.quarter) if when else first  # numbers come last, and hold from the start
            condition = f", {conditions[when]}" if when and conditions[when] else ""
            words = f"{move.label}{condition}" if move.act else str(move)  # whose quarter is told beside it
            self.dates.setdefault(date, []).append((when, words))

    def events(self, quarter: str) -> Iterator[Event]:
        """Yield what the scenario sets in a quarter, and what it does not set in this world."""
        lived = self.course.lived(0)
        for when, words in self.dates.get(quarter, []):
            taken = when is None or when in lived.settings.events
            yield Event(quarter, POLICY, (), f"Policy: {words}." if taken else f"Policy: not taken: {words}.")

    def holds(self, one: str, other: str, agreement: str) -> bool:
        """Return whether the scenario holds an agreement in force."""
        lived, names = self.course.lived(0), self.scenario.names
        path = names.canonical(f"{one}-{other}.agreement.{agreement}")
        moved = {names.canonical(move) for lever in lived.moved for move in lived.handle(lever).moves}
        return path in moved or path in lived.fixed


# ----------------------------------------------------------------
# The story of one world of a study, run again from the study's own design, also where it was kept out.


FAILURE = "failure"


def replay(
    study: Study,
    world: int,
    scenario: str | None = None,
    *,
    states: Collection[str] = (),
    behaviour: Behaviour | None = None,
    allow: Collection[str] = (),
) -> list[Event]:
    """Return what happens in a world of a study; where a behaviour fails, that is what happens last.

    Parameters
    ----------
    scenario : the first one where None
    states : codes of those that the story is about, as in `about`; all without them
    behaviour, allow : as in `cordiale.run`

    Raises
    ------
    OptionError for a world, scenario or state that the study does not have; StudyError for one of the first form
    """
    refuse_first_form(study.model, study.folder)
    plan = plan_of(study.folder, read_design(study.folder), behaviour, allow)
    total = plan.scenarios[0].worlds
    if not 0 <= world < total:
        raise OptionError(f"--world {world}: the study has worlds 0 to {total - 1}")
    names = {each.name: each for each in plan.scenarios}
    name = scenario or study.scenarios[0]
    if name not in names:
        raise OptionError(f"the study has no scenario '{name}'{did_you_mean(name, names)}")
    known = names[name].names.states
    for code in states:
        if code not in known:
            raise OptionError(f"--state {short(code)}: no state of the study{did_you_mean(code, known)}")
    found: list[Event] = []
    try:
        for event in telling(plan, names[name], world):
            found.append(event)
    except Exception as error:
        if isinstance(error, UserError) or not plan.foreign:
            raise
        last = found[-1].quarter
        found.append(Event(last, FAILURE, (), f"After this a behaviour fails: {fault_of(error)}"))
    return about(found, states) if states else found
