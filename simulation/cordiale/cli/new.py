"""`cordiale new`: packs, states, scenarios, codings and examples laid down for a user to edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cordiale.cli import Summaries, app
from cordiale.cli.options import Modules, PackName
from cordiale.cli.tables import say
from cordiale.files.errors import OptionError, shown
from cordiale.files.streams import remark
from cordiale.scenario.overrides import names_in

new = typer.Typer(
    cls=Summaries, help="Write a commented first version to edit.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(new, name="new")


@new.command(epilog="Example: cordiale new pack from_votes --from-data --states FRA,JPN,USA,CHN --year 2018")
def pack(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _")],
    like: Annotated[str | None, typer.Option(help="Pack to copy. [default: three invented states]")] = None,
    from_data: Annotated[
        bool,
        typer.Option("--from-data", help="Take numbers from public data: votes, pacts, capability, trade, disputes."),
    ] = False,
    states: Annotated[
        str | None,
        typer.Option(metavar="AAA,BBB,...", help="With --from-data: its states; the pack is about the first two."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="With --from-data: the last year whose data count. [default: 2018]")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="With --from-data: your own tables, for states and years that cordiale's lack."
        ),
    ] = None,
) -> None:
    """Write agents/NAME and scenarios/NAME in the working directory: a case pack for an article, a copy, or of data."""
    from cordiale.scenario.new import new_pack

    if from_data:
        if like is not None:
            raise OptionError("--like copies a pack and --from-data makes one of data: leave one out")
        _pack_from_data(name, states, year, data)
    elif states is not None or year is not None or data is not None:
        raise OptionError("--states, --year and --data go with --from-data")
    elif like is None:
        _tell(new_pack(name))
        typer.echo(f"Read agents/{name}/README.md first. Then:")
    else:
        written = new_pack(name, like=like)
        typer.echo(f"{len(written)} files in agents/{name} and scenarios/{name}, a copy of {like}. Then:")
    typer.echo(f"  cordiale validate {name}")
    typer.echo(f"  cordiale run scenarios/{name}/baseline.yaml --worlds 100")
    typer.echo(f"  cordiale new scenario my_question --pack {name}")


ALONE = 2  # states: a pair and nobody else


def _pack_from_data(name: str, states: str | None, year: int | None, data: Path | None) -> None:
    from cordiale.case.public.tables import LAST
    from cordiale.scenario.new import new_pack_from_data

    if states is None:
        raise OptionError("--from-data needs --states, codes with commas between them: the pack is about the first two")
    codes = names_in(states)
    _tell(new_pack_from_data(name, codes, LAST if year is None else year, data))
    if len(codes) == ALONE:
        remark("a pair alone has no other to be compared with, so that its alignment is 0 throughout: name more states")
    typer.echo(f"Read agents/{name}/README.md first: it says what data do not know, and whom to cite. Then:")


@new.command(epilog="Example: cordiale new state THA --pack my_pack --like AUS")
def state(
    code: Annotated[str, typer.Argument(help="Its ISO 3166-1 alpha-3 code, such as THA.")],
    pack: PackName = None,
    like: Annotated[
        str | None,
        typer.Option(help="State whose numbers and ties are copied, and marked as copied. [default: placeholders]"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its name on charts. [default: the code]")] = None,
) -> None:
    """Add a state to a case pack in the working directory: its file, and its place among states and ties."""
    from cordiale.scenario.new_state import formats_of, new_state

    written = new_state(code, pack, like, name)
    _tell(written)
    if like is not None and (formats := formats_of(pack, like)):
        typer.echo(f"{like} is a member of {', '.join(formats)}: case.yaml says so of {code} only if you add it.")
    typer.echo("Then:")
    of = written[0].parent.name
    typer.echo(f"  cordiale validate {of}")
    typer.echo(f"  cordiale run scenarios/{of}/baseline.yaml --worlds 100")


@new.command(epilog="Example: cordiale new scenario my_question --pack indo_pacific_2018")
def scenario(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _")],
    pack: PackName = None,
    allow_module: Modules = None,
) -> None:
    """Write scenarios/PACK/NAME.yaml in the working directory, with the pack's levers explained."""
    from cordiale.scenario.new import new_scenario, run_words

    written = new_scenario(name, pack, allow=allow_module or [])
    _tell(written)
    typer.echo("Then:")
    typer.echo(f"  cordiale validate {written[0]}")
    typer.echo(f"  {run_words(written[0], written[0].parent.name)} --worlds 100")


@new.command(epilog="Example: cordiale new coding my_data --pack indo_pacific_2018 --data my_tables")
def coding(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _; the file is NAME.csv.")],
    pack: PackName = None,
    map_: Annotated[
        Path | None,
        typer.Option(
            "--map", metavar="FILE", help="CSV file that says which numbers the data give. [default: the pack's]"
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Your own tables, for states that cordiale's lack, or in place of its rows."
        ),
    ] = None,
    allow_module: Modules = None,
) -> None:
    """Write NAME.csv in the working directory: a pack coded from public data where a number maps, for --coding."""
    from cordiale.scenario.new import new_coding

    written, numbers = new_coding(name, pack, map_, data, allow=allow_module or [])
    typer.echo(f"{shown(written)}: {numbers} numbers. Then:")
    of = "" if pack is None else f" --pack {pack}"
    typer.echo(f"  cordiale agreement {written.name}{of}")
    typer.echo(f"  cordiale run baseline --coding {written.name}{of} --worlds 100")


@new.command(epilog="Example: cordiale new example unix")
def example(
    name: Annotated[str, typer.Argument(help="unix, isis, emission, influence or alliances_1914.")],
) -> None:
    """Write the tables of a published case in the working directory, to run and to change."""
    from cordiale.case.public.published import example as example_of
    from cordiale.scenario.new import new_example

    _tell(new_example(name))
    found = example_of(name)
    say(found.says)
    if found.words:
        typer.echo(f"Then:\n  {found.words}")


def _tell(paths: Sequence[Path]) -> None:
    for path in paths:
        typer.echo(shown(path))
