"""Which states the tables know, what they are called, and which elections were due after 2018."""

from __future__ import annotations

from cordiale.case.public.tables import LAST, Data, Entry
from cordiale.case.quarters import to_index
from cordiale.files.errors import OptionError, did_you_mean, short

FEW = 3  # elections that a source tells of


def known(data: Data) -> list[str]:
    """Return the states with a row among the ideal points and among the capabilities, sorted."""
    return sorted({each.text("iso3") for each in data.rows("ideal_points")}
                  & {each.text("iso3") for each in data.rows("capability")})  # fmt: skip


def check_known(data: Data, codes: list[str], option: str = "--states") -> None:
    """Raise OptionError for a state of which a table that is needed has no row, and for one that stands twice."""
    for at, code in enumerate(codes):
        if code in codes[:at]:
            raise OptionError(f"{option}: {short(code)} stands twice")
        for name, what in (("ideal_points", "no votes"), ("capability", "no capability")):
            have = {each.text("iso3") for each in data.rows(name)}
            if code not in have:
                near = did_you_mean(code, have)
                data.lacks(
                    name, f"{option}: {what} of {short(code)} in the tables{near} (known: {', '.join(known(data))})"
                )


def name_of(data: Data, code: str) -> str:
    """Return what a state is called; its code where no table names it."""
    found = _named(data, code)
    return found.text("name") if found else code


def cow_code(data: Data, code: str) -> int:
    """Return the code of a state in the Correlates of War project; OptionError where no table has it."""
    found = _named(data, code)
    if found is None:
        data.lacks("states", f"{short(code)} has no name and no COW code in the tables")
    return found.year("cow_code")


def _named(data: Data, code: str) -> Entry | None:
    return next((each for each in data.rows("states") if each.text("iso3") == code), None)


def elections_due(data: Data, code: str, year: int) -> tuple[list[str], str]:
    """Return the quarters in which a vote was due after the last one, as known in 2018, and what they are.

    Nothing of any other year, since what was due then is not in the table.
    """
    start = to_index(f"{LAST}Q4")
    rows = [
        each
        for each in data.rows("elections")
        if year == LAST and each.text("iso3") == code and to_index(_quarter(each.text("due"))) >= start
    ]
    quarters = sorted({_quarter(each.text("due")) for each in rows}, key=to_index)
    said = "; ".join(f"{each.text('office')} {each.text('due')}, {each.text('kind_of_date')}" for each in rows[:FEW])
    return quarters, f"{data.cite('elections', *rows)}: {said}"


def _quarter(month: str) -> str:
    return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"
