"""The scenarios of a pack as pages: what each asks, and its policy in words."""

from __future__ import annotations

from text import code, page, path, table, words

from cordiale.case.load import scenario_names
from cordiale.case.quarters import to_text
from cordiale.scenario.load import Scenario, load_case, load_scenario
from cordiale.scenario.words import moves


def scenarios_page(pack: str) -> str:
    """Return the page of a pack's scenarios."""
    scenarios = [load_scenario(name, pack=pack) for name in scenario_names(pack)]
    case = load_case(pack).pack.case
    head = (
        f"{len(scenarios)} scenarios of {words(case.title)}. Run one or more with `cordiale run NAME NAME`; they share "
    )
    head += "their worlds, so that a difference is the policy's."
    rows = [[f"[{path(each.name)}](#{each.name})", words(each.file.question)] for each in scenarios]
    return page(f"Scenarios of {code(pack)}", head, table(["scenario", "question"], rows), *map(_section, scenarios))


def _section(scenario: Scenario) -> str:
    basis = scenario.file.basis
    parents = [scenario.file.extends] if isinstance(scenario.file.extends, str) else list(scenario.file.extends)
    until = f"Until {to_text(scenario.horizon)}."
    extends = f" It extends {', '.join(code(parent) for parent in parents)}." if parents else ""
    rows = [
        [_lever(move.label, move.what, move.nobodys), words(move.how), _says(move.locator, move.says)]
        for move in moves(scenario)
    ]
    moved = table(["lever or number", "is", "what the article says of it, in the coder's words"], rows)
    return "\n\n".join([
        f"## {words(scenario.title)} {{ #{scenario.name} }}", f"{code(scenario.name)}: {words(scenario.file.question)}",
        f"From the article, {words(basis.locator)}: {words(basis.says)}. {until}{extends}",
        moved or "No lever is moved.",
    ])  # fmt: skip


def _lever(label: str, name: str, nobodys: bool) -> str:
    event = "<br>*an event, not a policy*" if nobodys else ""
    return f"{words(label)}<br>{code(name)}{event}"


def _says(locator: str, says: str) -> str:
    return f"{words(locator)}: {words(says)}" if locator else "a range of the scenario's own"
