"""Where actors settle on issues by three rules, and how far each is from what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cordiale.analysis.issues_file import Issue, Issues, read_issues
from cordiale.files.errors import OptionError, did_you_mean, short
from cordiale.models.bargaining import ROUNDS, Bargain, challenge, weighted_mean, weighted_median
from cordiale.models.random import Array
from cordiale.study.intervals import FEW_UNITS
from cordiale.study.result import Result, Row

if TYPE_CHECKING:
    import pandas as pd

RULES = ("mean", "median", "challenge")
ALL = "all"
RESAMPLES, SEED = 4000, 2018
MOST_ROUNDS, MOST_ACTORS = 1000, 300  # a round takes the cube of the actors
ALIKE = 3.0  # times the narrowest issue, up to which issues are as wide as one another
NAMED = 4  # actors of an issue in a sentence, and issues


@dataclass(frozen=True)
class Settled:
    """An issue that was settled.

    Attributes
    ----------
    by : rule -> settlement
    bargain : round by round; None where the rule challenge was not asked for
    """

    issue: Issue
    by: Mapping[str, float]
    bargain: Bargain | None

    def error(self, rule: str) -> float:
        """Return how far a rule is from the outcome; NaN where none is known."""
        return abs(self.by[rule] - self.issue.outcome) if self.issue.outcome is not None else np.nan


@dataclass(frozen=True, repr=False)
class Settlements(Result):
    """The settlement of each issue by each rule.

    Attributes
    ----------
    read : the file
    rules : those that were asked for
    """

    kind = "settle"
    read: Issues
    rules: tuple[str, ...]
    settled: list[Settled]
    rounds: int

    @property
    def known(self) -> list[Settled]:
        """The issues whose outcome is known."""
        return [each for each in self.settled if each.issue.outcome is not None]

    def errors(self) -> dict[str, Array]:
        """Return rule -> absolute errors, (issues with an outcome,)."""
        return {rule: np.array([each.error(rule) for each in self.known]) for rule in self.rules}

    def mae(self) -> dict[str, tuple[float, float, float]]:
        """Return rule -> mean absolute error with its 95 % interval by bootstrap over issues; {} without outcomes."""
        found, draws = {}, _resamples(len(self.known))
        for rule, errors in self.errors().items() if self.known else ():
            low, high = np.quantile(errors[draws].mean(axis=1), [0.025, 0.975])
            found[rule] = (float(errors.mean()), float(low), float(high))
        return found

    def lead(self) -> tuple[str, str, tuple[float, float, float]] | None:
        """Return the nearest rule, the next, and by how much the next errs more, with its 95 % interval."""
        order = sorted(self.mae().items(), key=lambda item: item[1][0])
        if len(order) < 2:
            return None
        (best, _), (next_, _), *_ = order
        more = self.errors()[next_] - self.errors()[best]
        low, high = np.quantile(more[_resamples(len(more))].mean(axis=1), [0.025, 0.975])
        return best, next_, (float(more.mean()), float(low), float(high))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return a row an issue, a row an issue and round, a row a rule, and a row an actor who does not count."""
        import pandas as pd

        errors = [
            {"rule": rule, "issues": len(self.known), "mae": mean, "low": low, "high": high}
            for rule, (mean, low, high) in self.mae().items()
        ]
        tables = {"settlements": pd.DataFrame([self._line(each) for each in self.settled])}
        if "challenge" in self.rules:
            tables["rounds"] = pd.DataFrame(
                [{"issue": name, "round": at, "median": median}
                 for name, medians in self._medians().items() for at, median in enumerate(medians)]
            )  # fmt: skip
        if errors:
            tables["errors"] = pd.DataFrame(errors)
        if left := self._left():
            tables["left_out"] = pd.DataFrame(left)
        return tables

    def _line(self, each: Settled) -> Row:
        line: Row = {"issue": each.issue.name, "actors": len(each.issue.actors), **each.by}
        if each.bargain is not None:
            line["rests_after"] = each.bargain.rests_after
        if each.issue.outcome is not None:
            line |= {"outcome": each.issue.outcome, **{f"error_{rule}": each.error(rule) for rule in self.rules}}
        return line

    def _medians(self) -> dict[str, list[float]]:
        pairs = ((each.issue.name, each.bargain) for each in self.settled)
        return {name: [float(median) for median in bargain.medians] for name, bargain in pairs if bargain is not None}

    def _left(self) -> list[Row]:
        blank = [
            {"issue": each.issue.name, "actor": name, "why": f"no {' and no '.join(columns)}"}
            for each in self.settled for name, columns in each.issue.blank
        ]  # fmt: skip
        weightless = [
            {"issue": each.issue.name, "actor": name, "why": "no weight: salience or capability is 0"}
            for each in self.settled for name in each.issue.weightless
        ]  # fmt: skip
        return [*blank, *weightless]

    def record(self) -> Row:
        """Return what a program would read of it, as JSON: `rounds` has the medians of each issue, first to last."""
        mae = self.mae()
        return {
            "issues": len(self.settled), "mae": {rule: mae[rule][0] if mae else None for rule in self.rules},
            "interval": {rule: list(each[1:]) for rule, each in mae.items()}, "rounds": self._medians(),
            "settlements": [self._line(each) for each in self.settled], "left_out": self._left(),
            "without_actors": self.read.empty, "sentences": self.sentences(),
        }  # fmt: skip

    def details(self) -> Row:
        """Return what its manifest says of it."""
        return {"issues": self.read.path.name, "rules": list(self.rules), "rounds": self.rounds,
                "sentences": self.sentences()}  # fmt: skip

    def sentences(self) -> list[str]:
        """Return how near each rule comes, how bargaining went, and who does not count."""
        return [*self._of_errors(), *self._of_one(), *self._of_rounds(), *self._of_rows()]

    def _of_errors(self) -> list[str]:
        if not self.known:
            return []
        told = "; ".join(
            f"{rule} {mean:.3g} (95 % {low:.3g} to {high:.3g})" for rule, (mean, low, high) in self.mae().items()
        )
        few = ", which is few for an interval" if len(self.known) < FEW_UNITS else ""
        sentences = [f"Mean absolute error, bootstrap over {_issues(len(self.known))} with an outcome{few}: {told}."]
        if (found := self.lead()) is not None:
            best, next_, (more, low, high) = found
            sure = "" if low > 0 else ", which may be chance"
            next_words = f"the {next_} errs by {more:.3g} more (95 % {low:.3g} to {high:.3g}){sure}"
            sentences.append(f"The {best} comes nearest; {next_words}.")
        widths = [each.issue.width for each in self.known if each.issue.width > 0]
        if widths and max(widths) > ALIKE * min(widths):
            span = f"{min(widths):.3g} to {max(widths):.3g}"
            sentences.append(f"Issues are {span} wide, from the lowest to the highest position: wide ones weigh most.")
        return sentences

    def _of_one(self) -> list[str]:
        """Return the settlement of the only issue."""
        if len(self.settled) > 1:
            return []
        (only,) = self.settled
        outcome = f"; outcome {only.issue.outcome:.4g}" if only.issue.outcome is not None else ""
        return [f"{only.issue.name}: {', '.join(f'{rule} {at:.4g}' for rule, at in only.by.items())}{outcome}."]

    def _of_rounds(self) -> list[str]:
        bargains = [each.bargain for each in self.settled if each.bargain is not None]
        if not bargains:
            return []
        rests = [each.rests_after for each in bargains]
        after = [each for each in rests if each is not None]
        never = len(rests) - len(after)
        if len(bargains) == 1:
            medians = ", ".join(f"{median:.4g}" for median in bargains[0].medians)
            rest = f"it first rests after round {after[0]}" if after else f"it never rests in {self.rounds} rounds"
            rest = "it does not move in the first round" if after == [0] else rest
            return [f"Median before bargaining and after each round: {medians}; {rest}."]
        if not after:
            return [f"On no issue the median rests in {self.rounds} rounds; the last one is taken."]
        told = f"The median first rests after {np.median(after):g} rounds (median over issues)"
        more = f"; on {_issues(never)} it never rests in {self.rounds}, and the last is taken" if never else ""
        return [f"{told}{more}."]

    def _of_rows(self) -> list[str]:
        sentences, left = [], self._left()
        if left:
            named = [f"{row['actor']} on {row['issue']} ({row['why']})" for row in left[:NAMED]]
            more = f", and {len(left) - NAMED} more" if len(left) > NAMED else ""
            who = "actor does" if len(left) == 1 else "actors do"
            sentences.append(f"{len(left)} {who} not count: {', '.join(named)}{more}.")
        if self.read.empty:
            empty = self.read.empty
            more = f" and {len(empty) - NAMED} more" if len(empty) > NAMED else ""
            sentences.append(
                f"Left out, since nobody there has a position and weight: {', '.join(empty[:NAMED])}{more}."
            )
        if self.read.percent:
            sentences.append("Salience is read as per cent, since some is above 1.")
        if self.read.ignored:
            sentences.append(f"Columns that are not read: {', '.join(map(short, self.read.ignored[:NAMED]))}.")
        return sentences

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return a row an issue for a terminal, where there are several."""
        if len(self.settled) < 2:
            return []
        return [("", [self._short(each) for each in self.settled])]

    def _short(self, each: Settled) -> Row:
        line: Row = {"issue": each.issue.name, "actors": str(len(each.issue.actors))}
        line |= {rule: f"{at:.4g}" for rule, at in each.by.items()}
        if each.bargain is not None:
            rests = each.bargain.rests_after
            line["rests after"] = "never" if rests is None else str(rests)
        return line | (
            {"outcome": "" if each.issue.outcome is None else f"{each.issue.outcome:.4g}"} if self.known else {}
        )


def settle(issues: Path | str, rule: str = ALL, rounds: int = ROUNDS) -> Settlements:
    """Return where actors settle on each issue of a csv.

    Parameters
    ----------
    issues : csv with the columns issue, actor, position, salience (0 to 1, or per cent), capability, perhaps outcome
    rule : "mean" by weight, "median" by weight, "challenge" (the expected-utility model), or "all"
    rounds : of bargaining that are played

    Raises
    ------
    OptionError for another rule, or no file; FileError, with line and column, for what cannot be read
    """
    if rule not in (*RULES, ALL):
        known = ", ".join((*RULES, ALL))
        raise OptionError(
            f"--rule: {short(rule)} is no rule{did_you_mean(rule, (*RULES, ALL)) or f' (known: {known})'}"
        )
    if not 1 <= rounds <= MOST_ROUNDS:
        raise OptionError(f"--rounds: 1 to {MOST_ROUNDS:,}, and not {rounds}")
    read, rules = read_issues(issues), RULES if rule == ALL else (rule,)
    for each in read.issues if "challenge" in rules else ():
        if len(each.actors) > MOST_ACTORS:
            few = f"bargaining is worked out for up to {MOST_ACTORS}"
            raise OptionError(f"{short(each.name)} has {len(each.actors):,} actors: {few}; give --rule mean or median")
    return Settlements(read, rules, [_settled(each, rules, rounds) for each in read.issues], rounds)


def _settled(issue: Issue, rules: Sequence[str], rounds: int) -> Settled:
    weight = issue.salience * issue.capability
    bargain = challenge(issue.position, issue.salience, issue.capability, rounds) if "challenge" in rules else None
    every = {
        "mean": float(weighted_mean(issue.position, weight)), "median": float(weighted_median(issue.position, weight)),
        "challenge": bargain.settlement if bargain is not None else np.nan,
    }  # fmt: skip
    return Settled(issue, {rule: every[rule] for rule in rules}, bargain)


def _resamples(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return which issues each resample holds: (RESAMPLES, count)."""
    return np.random.default_rng(SEED).integers(0, max(count, 1), (RESAMPLES, count))


def _issues(count: int) -> str:
    return "1 issue" if count == 1 else f"{count:,} issues"
