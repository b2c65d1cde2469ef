"""The codebook of a pack, made from its files: every number with its range, basis and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from text import code, page, path, table, words

from cordiale.case.load import LoadedPack
from cordiale.case.pack import Case, StateFile, Ties
from cordiale.case.ranges import Coded
from cordiale.scenario.load import load_case

HEAD = ["number", "range", "basis", "rests on"]


def codebook_pages(pack: str) -> dict[str, tuple[str, str]]:
    """Return file name -> (title in the navigation, page) of a pack's tables."""
    loaded = load_case(pack)
    pages = {
        "case.md": ("The case", case_page(loaded)),
        "ties.md": ("Ties and views", ties_page(loaded)),
        "weights.md": ("Weights of behaviour", weights_page(loaded)),
    }
    for code_, state in loaded.pack.states.items():
        pages[f"states/{code_}.md"] = (state.name, state_page(state, loaded.pack.case))
    return pages


# ---------------------------------------------------------------- one number


def number(name: str, coded: Coded, scale: tuple[float, float] | None = None) -> list[str]:
    """Return a row: path, range with its strip, basis, and what it rests on."""
    bottom, top = scale or coded.bounds
    return [path(name), _range(coded, bottom, top), words(coded.basis), rests_on(coded)]


def _range(coded: Coded, bottom: float, top: float) -> str:
    at = {name: 100 * (getattr(coded, name) - bottom) / (top - bottom) for name in ("low", "best", "high")}
    style = ";".join(f"--{name}:{share:.1f}%" for name, share in at.items())
    return f'{coded.low:g} to {coded.high:g}, best **{coded.best:g}**<span class="range" style="{style}"></span>'


def rests_on(coded: Coded) -> str:
    """Return the paragraph and the paraphrase, or the other source, or both."""
    article = f"**{words(coded.locator)}** {words(coded.paraphrase or '')}" if coded.locator else ""
    return "<br>".join(part for part in (article, words(coded.source or "")) if part)


def numbers(rows: Iterable[tuple[str, Coded | None]]) -> str:
    """Return the table of the numbers that are coded."""
    return _narrow(table(HEAD, [number(name, coded) for name, coded in rows if coded is not None]))


def _narrow(rows: str) -> str:
    """Return a table whose rows become cards on a narrow screen."""
    return f'<div class="numbers" markdown>\n\n{rows}\n</div>' if rows else ""


# ---------------------------------------------------------------- a state


def state_page(state: StateFile, case: Case) -> str:
    """Return the page of a state: what it wants, what it can do, and what it fears."""
    about = f"{code(state.code)}, COW code {state.cow_code}; behaves as {code(state.behaviour)}."
    parts = [about, words(state.note) if state.note else "", "## Where it wants to stand"]
    for issue, position in state.issues.items():
        kinds = ("ideal", "salience", "trend", "expected_trend")
        parts.append(f"### {words(case.issues[issue].label)} {{ #{issue} }}")
        parts.append(numbers((f"{state.code}.{issue}.{kind}", getattr(position, kind)) for kind in kinds))
    own = ("resolve", "bandwidth", "clarity", "liberal_order", "assertiveness", "hits", "exports")
    parts += ["## How it acts", numbers((f"{state.code}.{kind}", getattr(state, kind)) for kind in own)]
    if state.elections:
        parts.append(f"Elections due: {', '.join(state.elections.quarters)} ({words(state.elections.source)}).")
    for kind, title in (
        ("capability", "What it can bring"),
        ("threat", "What it fears"),
        ("dependence", "Who can hurt it"),
    ):
        rows = [(f"{state.code}.{kind}.{name}", coded) for name, coded in getattr(state, kind).items()]
        parts += [f"## {title}", numbers(rows) or "Nothing is coded, which reads as 0."]
    return page(words(state.name), *parts)


# ---------------------------------------------------------------- the case


def case_page(loaded: LoadedPack) -> str:
    """Return the page of what there is apart from states and ties."""
    case, names = loaded.pack.case, {code_: state.name for code_, state in loaded.pack.states.items()}
    one, other = (names[code_] for code_ in case.focus.split("-"))
    poles = " and ".join(names[pole] for pole in case.poles)
    about = f"{words(case.title)}. It starts in {case.start}; the article is about {one} and {other}; "
    about += f"others hedge between {poles}."
    rates = [(f"{name}.rate", each.rate) for name, each in case.domains.items() if each.rate]
    of_agreements = [
        (f"{name}.{kind}", coded)
        for name, each in case.agreements.items()
        for kind in ("weight", "opens", "signature")
        if (coded := getattr(each, kind))
    ]
    return page(
        f"The case {code(loaded.pack.name)}", about, f"Article: {words(case.article.citation)}.",
        "## Paragraphs that a number can rest on", _paragraphs(case),
        "## Issues", "Scales from 0 to 1 on which every state has a position.", _issues(case, names),
        "## Hazards and theatres", table(["hazard", "what it is"], _named(case.hazards)),
        table(["theatre", "what it is"], _named(case.theatres)),
        "## Domains of practice", _domains(case, names), numbers(rates),
        "## Agreements, lowest first", _agreements(case), numbers(of_agreements),
        "## Formats", *_formats(case, names), "## Roles in the model", _roles(case), "## Levers", _levers(case),
    )  # fmt: skip


def _named(texts: Mapping[str, str]) -> list[list[str]]:
    return [[code(name), words(text)] for name, text in texts.items()]


def _paragraphs(case: Case) -> str:
    rows = [
        [f"{words(short)} {at}", words(section.heading), words(about)]
        for short, section in case.article.sections.items()
        for at, about in section.paragraphs.items()
    ]
    return table(["locator", "section", "what it is about"], rows)


def _issues(case: Case, names: Mapping[str, str]) -> str:
    rows = []
    for name, issue in case.issues.items():
        effect = [f"provokes {names[each]}" for each in issue.provokes]
        effect += [f"a low position supplies {names[issue.restrains_flows_to]}"] if issue.restrains_flows_to else []
        effect += ["a deed: supplied, not agreed on"] if issue.deed else []
        head = "<br>".join([f"**{words(issue.label)}**", code(name), *map(words, effect)])
        rows.append([head, words(issue.zero), words(issue.half), words(issue.one)])
    return table(["issue", "0", "0.5", "1"], rows)


def _domains(case: Case, names: Mapping[str, str]) -> str:
    rows = []
    for name, each in case.domains.items():
        wish = (
            f"{code(each.appetite)}{f', with {names[each.patron]} alone' if each.patron else ''}"
            if each.appetite
            else ""
        )
        rows.append(
            [
                f"{words(each.label)}<br>{code(name)}", code(each.theatre), ", ".join(map(code, each.meets)), wish,
                ", ".join(map(code, each.about)), code(each.contribution or ""), code(each.unlocked_by or ""),
            ]
        )  # fmt: skip
    head = ["domain", "theatre", "hazards it meets", "wanted by a high position on"]
    return table([*head, "agreed on", "scaled by", "opened by"], rows)


def _agreements(case: Case) -> str:
    rows = [
        [
            code(name), words(each.label), ", ".join(map(code, each.implies)),
            ", ".join(map(code, each.follows)) if isinstance(each.follows, list) else code(each.follows),
        ]
        for name, each in case.agreements.items()
    ]  # fmt: skip
    return table(["agreement", "what it is", "implies", "follows work in"], rows)


def _roles(case: Case) -> str:
    named = [(role, [name] if isinstance(name, str) else name) for role, name in case.roles if name]
    return table(["role", "who has it"], [[code(role), ", ".join(map(code, name))] for role, name in named])


def _formats(case: Case, names: Mapping[str, str]) -> list[str]:
    parts = []
    for name, each in case.formats.items():
        parts.append(f"### {words(each.label)} {{ #{name} }}")
        members = ", ".join(names[code_] for code_ in each.members) or "none"
        level = f"Level: {each.level}{', open to all comers' if each.open else ''}."
        parts.append(f"{level} Members: {members}.")
        character = [(f"{name}.character.{issue}", coded) for issue, coded in each.character.items()]
        parts.append(
            numbers([*character, *((f"{name}.aimed_at.{whom}", coded) for whom, coded in each.aimed_at.items())])
        )
    return parts or ["The case has none."]


def _levers(case: Case) -> str:
    rows = []
    for name, lever in case.levers.items():
        moves = "<br>".join(f"{path(moved)} {low:g} to {high:g}" for moved, (low, high) in lever.moves.items())
        event = "<br>*an event, not a policy*" if lever.shock else ""
        rows.append(
            [
                f"**{words(lever.label)}**<br>{code(name)}{event}",
                f"**{words(lever.locator)}** {words(lever.says)}",
                moves,
            ]
        )
    return table(["lever", "what the article says, in the coder's words", "moves, at 0 to at 1"], rows)


# ---------------------------------------------------------------- ties and weights


def ties_page(loaded: LoadedPack) -> str:
    """Return the page of the starting ladder, the classes of ties, and what is coded for single dyads and views."""
    ties = loaded.pack.ties
    ladder = [
        [code(rung.dyad), code(rung.agreement), str(rung.signed), str(rung.in_force or "pending"), words(rung.source)]
        for rung in ties.ladder
    ]
    talks = [[code(each.dyad), code(each.agreement), str(each.opened), words(each.source)] for each in ties.talks]
    contracts = [
        [code(f"{each.seller}>{each.buyer}"), words(each.what), str(each.year), words(each.source)]
        for each in ties.contracts
    ]
    rule = f"A dyad draws its own values from its class's ranges; those that no class names are {code(ties.other)}."
    return page(
        "Ties and views", "How the states stand to each other at the start.",
        "## Classes of ties", rule, *_classes(ties),
        "## Dyads coded by themselves", numbers(_dyads(ties)) or "None.", "## Views coded by themselves",
        "The first toward the second.", numbers(_views(ties)) or "None.", _watches(ties),
        "## The ladder of agreements at the start",
        table(["dyad", "agreement", "signed", "in force", "source"], ladder),
        "## Talks open at the start", table(["dyad", "agreement", "open since", "source"], talks) or "None.",
        "## Large contracts alive at the start",
        table(["seller and buyer", "of what", "year", "source"], contracts) or "None.",
    )  # fmt: skip


def _watches(ties: Ties) -> str:
    rows = [[code(whom), ", ".join(map(code, view.watches))] for whom, view in ties.views.items() if view.watches]
    return table(["view", "issues on which a change is news"], rows)


def _classes(ties: Ties) -> list[str]:
    parts = []
    for name, kind in ties.classes.items():
        parts.append(f"### {code(name)} {{ #class-{name.replace('_', '-')} }}")
        parts.append(f"{words(kind.label)}. {'Dyads: ' + ', '.join(map(code, kind.dyads)) + '.' if kind.dyads else ''}")
        parts.append(
            numbers(
                [("trust", kind.trust), *((f"practice.{domain}", coded) for domain, coded in kind.practice.items())]
            )
        )
    return parts


def _dyads(ties: Ties) -> list[tuple[str, Coded | None]]:
    rows: list[tuple[str, Coded | None]] = []
    for dyad, tie in ties.dyads.items():
        rows += [(f"{dyad}.practice.{domain}", coded) for domain, coded in tie.practice.items()]
        rows.append((f"{dyad}.export_control_forum", tie.export_control_forum))
    return rows


def _views(ties: Ties) -> list[tuple[str, Coded | None]]:
    rows: list[tuple[str, Coded | None]] = []
    for directed, view in ties.views.items():
        rows += [(f"{directed}.trust", view.trust), (f"{directed}.usefulness", view.usefulness)]
        rows += [(f"{directed}.bias.{issue}", coded) for issue, coded in view.bias.items()]
    return rows


def weights_page(loaded: LoadedPack) -> str:
    """Return the page of the weights of behaviour, the same for every state and scenario."""
    rows = []
    for name, weight in loaded.pack.weights.items():
        named, strip, basis, rests = number(f"weight.{name}", weight)
        own = "<br>*the case's own*" if name in loaded.pack.case.behaviour else ""
        rows.append([f"{named}<br>{words(weight.meaning)}{own}", strip, words(weight.unit), f"{basis}: {rests}"])
    head = "One set of ranges for every state, dyad and scenario. [The equations](../../ODD.md) say where each stands."
    return page("Weights of behaviour", head, _narrow(table(["weight", "range", "unit", "rests on"], rows)))
