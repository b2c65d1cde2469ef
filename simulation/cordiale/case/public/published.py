"""Small tables that papers print, which the rival families give again: examples that ship, with what is printed.

Where they come from, and on which terms, stands in published/NOTICE.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cordiale.files.errors import OptionError, did_you_mean, short

HERE = Path(__file__).parent / "published"


@dataclass(frozen=True)
class Example:
    """Tables of a paper.

    Attributes
    ----------
    command : that reads them; "" where they are for equations in Python
    files : their names, in the order in which the command takes them, then those of what is printed
    says : what they are, by whom, and what the paper prints
    centre : middle of the scale of propensities
    """

    name: str
    command: str
    files: tuple[str, ...]
    says: str
    centre: float | None = None

    @property
    def paths(self) -> list[Path]:
        """Where the files lie."""
        return [HERE / name for name in self.files]

    @property
    def words(self) -> str:
        """The command that reads the files where they have been laid down; "" where none does."""
        if self.command == "settle":
            return f"cordiale settle {self.files[0]}"
        centre = "" if self.centre is None else f" --centre {self.centre:g}"
        return f"cordiale splits {self.files[0]} --sizes {self.files[1]}{centre}" if self.command else ""


EXAMPLES = {
    each.name: each
    for each in (
        Example(
            "unix", "splits", ("unix_propensity.csv", "unix_sizes.csv"),
            "Firms on Unix standards, 1987 (Axelrod and Bennett 1993). Printed: two stable splits, each the end of 128 "
            "of 256; energy -3828.9.",
        ),
        Example(
            "isis", "splits", ("isis_propensity.csv", "isis_sizes.csv"),
            "Actors around ISIS, 2016 (Axelrod with Furnas). Printed: one stable split, Turkey, ISIS and Nursa against "
            "the rest; energy -83,200.", centre=3,
        ),
        Example(
            "emission", "settle", ("emission.csv", "emission_medians.csv"),
            "Emission standards in the European Community, 1988 (Scholz, Calbert and Smith 2011). Printed: mean 7.39, "
            "median 7; after rounds 1 and 3 to 8: 8.4, 9.9, 9.9, 9.9, 7.4, 8.8, 9.6, cut after one digit.",
        ),
        Example(
            "influence", "", ("influence.csv",),
            "Weights and opinions of four actors (Parsegov and others 2017). Printed: the limit 60, 60, 75, 75.",
        ),
        Example(
            "alliances_1914", "", ("alliances_1914.csv",),
            "Commitments of Germany and Russia, 1914 (Signorino and Ritter 1999). Printed: similarity 0.40 with equal "
            "weights, -0.46 by capability.",
        ),
    )
}  # fmt: skip


def example(name: str, command: str | None = None) -> Example:
    """Return an example by its name.

    Parameters
    ----------
    command : that is to read it; any where None

    Raises
    ------
    OptionError for a name that is none, or one that another command reads
    """
    known = [each.name for each in EXAMPLES.values() if command in (None, each.command)]
    if name in known:
        return EXAMPLES[name]
    if name in EXAMPLES:
        other = EXAMPLES[name].command
        who = (
            f"`cordiale {other}` reads it" if other else f"it is for Python: `cordiale new example {name}` lays it down"
        )
        raise OptionError(f"--example {short(name)}: {who}; known here: {', '.join(known)}")
    hint = did_you_mean(name, known) or f" (known: {', '.join(known)})"
    raise OptionError(f"{short(name)} is no example{hint}")
