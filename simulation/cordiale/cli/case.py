"""`cordiale list`, `validate`, `explain`, `causes`, `baseline` and `pack`: what there is and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cordiale.cli import Summaries, app
from cordiale.cli.options import (
    CodingFile,
    Json,
    Model,
    Modules,
    PackName,
    Replace,
    Sets,
    check_out,
    one_pack,
    out_option,
    print_json,
    worlds_option,
)
from cordiale.cli.tables import entries, listed, say
from cordiale.files.errors import FileError, OptionError, UserError, short, shown
from cordiale.files.streams import remark

Scenario = Annotated[str, typer.Argument(help="Scenario name or path.")]


@app.command("list", epilog="Example: cordiale list levers")
def list_(
    what: Annotated[
        str, typer.Argument(help="What to list: scenarios, levers, measures, parameters or packs.")
    ] = "scenarios",
    pack: PackName = None,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """List scenarios, or the levers, measures or parameters that a scenario can name."""
    from cordiale.scenario.explain import listing

    rows = listing(what, pack, allow_module or [])
    if as_json:
        print_json(rows)
    else:
        listed(rows)


@app.command(epilog="Example: cordiale validate scenarios/indo_pacific_2018/*.yaml")
def validate(
    names: Annotated[list[str] | None, typer.Argument(help="Scenarios or packs. [default: all]")] = None,
    pack: PackName = None,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Check packs with all their files, or single scenarios, and list every fault and warning with its line."""
    from cordiale.scenario.check import check

    found = check(names or [], pack, allow_module or [])
    if as_json:
        print_json({"sound": found.sound, "faults": _records(found.faults), "warnings": _records(found.warnings)})
    else:
        for line in (*found.sound, *(f"warning  {each}" for each in found.warnings)):
            say(line, "    ")
        for fault in found.faults if len(found.faults) > 1 else ():
            remark(str(fault))
    if found.faults:
        raise found.faults[0] if len(found.faults) == 1 else OptionError(found.count())


def _records(found: Sequence[FileError]) -> list[dict[str, Any]]:
    return [
        {"file": shown(each.path), "line": each.line, "column": each.column, "message": each.message} for each in found
    ]


@app.command(epilog="Example: cordiale explain france_joins_quad france_in_quad")
def explain(
    scenario: Annotated[str, typer.Argument(help="Scenario name or path; or a study, by its folder or name.")],
    path: Annotated[str | None, typer.Argument(help="A setting, lever or parameter.")] = None,
    set_: Sets = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every number of the pack too.")] = False,
    coding: CodingFile = None,
    model: Model = None,
    pack: PackName = None,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """Show where each value of a scenario comes from; of a study, which worlds took what hangs on a condition."""
    from cordiale.scenario.explain import explain as lines_of
    from cordiale.scenario.load import load_scenario

    if _means_study(scenario, pack):
        if path or set_ or everything or coding or model or pack:
            raise OptionError(f"{short(scenario)} is a study, of which all is told: give it alone, or with --json")
        _taken(scenario, as_json)
        return
    loaded = load_scenario(scenario, set=set_ or [], pack=pack, coding=coding, model=model, allow=allow_module or [])
    lines = lines_of(loaded, path, everything=everything)
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    rows = [
        {
            "path": line.path, "value": line.value, "set by": line.layer + ("" if line.holds else " (replaced)"),
            "at": line.place, "basis and source": f"{line.basis}; {line.source}".strip("; "),
        }
        for line in lines
    ]  # fmt: skip
    entries(rows, f"{loaded.title} ({loaded.name})")


def _means_study(name: str, pack: str | None) -> bool:
    """Return whether a name is that of a study; one that a scenario has too means the scenario."""
    from cordiale.files.remote import is_remote
    from cordiale.scenario.file import find_scenario
    from cordiale.study.study import is_study

    if is_remote(name):
        return True
    try:
        find_scenario(name, pack)
    except OptionError:
        return is_study(name)
    except UserError:  # a scenario with a fault, which is told when it is loaded
        return False
    return False


def _taken(name: str, as_json: bool) -> None:
    from cordiale.study.study import Study

    found = Study.open(name)
    taken = found.taken()
    if as_json:
        print_json({"study": str(found.folder), "taken": [each.record() for each in taken]})
        return
    for each in taken:
        say(each.sentence(), "  ")
    if not taken:
        say("No scenario of this study has a condition (`when`): each is one policy in every world.", "  ")


@app.command(epilog="Example: cordiale baseline --out docs/baseline.md")
def baseline(
    pack: PackName = None,
    worlds: Annotated[int, worlds_option(least=8)] = 500,
    levers_only: Annotated[
        bool, typer.Option("--levers-only", help="Only the table of levers, not what must hold of the baseline.")
    ] = False,
    rules_off: Annotated[
        bool,
        typer.Option("--rules-off", help="Not the page, but what each lever still moves when one rule is left out."),
    ] = False,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="NAME", help="With --rules-off: only this rule. May be repeated."),
    ] = None,
    out: Annotated[Path | None, out_option("File for the page. [default: printed]")] = None,
    replace: Replace = False,
) -> None:
    """Check the baseline scenario, and measure what each scenario moves against what was expected."""
    from cordiale.analysis.baseline_checks import baseline_checks
    from cordiale.analysis.rules_off import rules_off as without_rules
    from cordiale.files.atomic_write import write_text
    from cordiale.output.pages.baseline import page
    from cordiale.output.pages.rules_off import rules_section

    check_out(out, replace)
    if rules_off and levers_only:
        raise OptionError("--rules-off has no part that --levers-only could leave out")
    if rule and not rules_off:
        raise OptionError("--rule goes with --rules-off")
    if rules_off:
        text = rules_section(without_rules(worlds, pack, rule or []), worlds)
    else:
        text = page(baseline_checks(worlds, pack, levers_only=levers_only), worlds)
    if out is None:
        typer.echo(text)
    else:
        typer.echo(str(write_text(out, text, replace)))


# ----------------------------------------------------------------
# `cordiale pack`: the article behind a case pack, and the schemas of its files.


pack_pack = typer.Typer(
    cls=Summaries,
    help="Show what a case pack is based on, and write its schemas.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(pack_pack, name="pack")
Name = Annotated[str | None, typer.Argument(help="Name or folder of the case pack. [default: the only one here]")]


@pack_pack.command(epilog="Example: cordiale pack coverage")
def coverage(
    name: Name = None,
    pack: PackName = None,
    full: Annotated[bool, typer.Option("--full", help="Show the name of every number.")] = False,
    allow_module: Modules = None,
    as_json: Json = False,
) -> None:
    """List each paragraph of the article with the numbers, levers and scenarios that rest on it."""
    from cordiale.scenario.explain import coverage as coverage_of
    from cordiale.scenario.load import load_case

    found = coverage_of(load_case(one_pack(name, pack), allow=allow_module or []))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        say(f"{each.locator}: {each.about}", "  ")
        if each.bare:
            typer.echo("  nothing rests on it")
            continue
        numbers = ", ".join(each.numbers) if full else str(len(each.numbers))
        say(f"  numbers: {numbers or 'none'}", "    ")
        say(f"  levers: {', '.join(each.levers) or 'none'}", "    ")
        say(f"  scenarios: {', '.join(each.scenarios) or 'none'}", "    ")
    bare = [each.locator for each in found if each.bare]
    say(f"Nothing rests on {len(bare)} of {len(found)} paragraphs: {', '.join(bare) or 'none'}", "  ")


@pack_pack.command(epilog="Example: cordiale pack schema --root .")
def schema(
    name: Name = None,
    pack: PackName = None,
    root: Annotated[Path, typer.Option(help="Folder that holds agents/ and scenarios/.")] = Path(),
    replace: Replace = False,
    allow_module: Modules = None,
) -> None:
    """Write the JSON Schemas of a pack's files, for editors."""
    from cordiale.scenario.load import load_case
    from cordiale.scenario.schema import write_schemas

    for path in write_schemas(load_case(one_pack(name, pack), allow=allow_module or []).pack, root, replace):
        typer.echo(str(path))
