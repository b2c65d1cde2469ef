"""What states earn and buy with one another: how far one could be hurt by losing the other's trade."""

from __future__ import annotations

from cordiale.case.public.tables import Data, Entry, Measured

YEARS = 5


def dependence(data: Data, code: str, on: str, year: int) -> Measured | None:
    """Return a state's dependence on another, 0..1, from the share of its trade; None where no year has it.

    With a share s of exports and imports, s says that the loss hurts in proportion, and its square root that the first
    shares hurt most. The range spans both over the last years; the best value, s to the power of 3/4, lies between.
    """
    totals = {each.year(): each for each in data.rows("trade_totals") if each.text("iso3") == code}
    shares, used = dict[int, float](), list[Entry]()
    for at in sorted(totals):
        both = [_exports(data, code, on, at), _exports(data, on, code, at)]
        whole = totals[at].number("exports_musd") + totals[at].number("imports_musd")
        rows = [each for each in both if each is not None]
        if at <= year and rows and whole:
            shares[at] = min(sum(each.number("exports_musd") for each in rows) / whole, 1.0)
            used += [totals[at], *rows]
    last = sorted(shares)[-YEARS:]
    if not last:
        return None
    mean = sum(shares[at] for at in last) / len(last)
    says = (
        f"{mean:.1%} of exports and imports of {last[0]} to {last[-1]} with {on}; the share to the power of 3/4, from "
        "the least share of a year to the root of the largest"
    )
    low, high = min(shares[at] for at in last), max(shares[at] for at in last) ** 0.5
    source = data.cite("exports", *(each for each in used if each.row.path.stem == "exports" or each.own))
    return Measured(low, mean**0.75, high, says, source).within()


def _exports(data: Data, exporter: str, importer: str, year: int) -> Entry | None:
    found = data.rows("exports")
    return next((each for each in found if each.values["exporter"] == exporter and each.values["importer"] == importer
                 and each.values["year"] == year), None)  # fmt: skip
