"""The claims of a pack, read and checked: every name in them must exist, at its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cordiale.checks import paragraphs
from cordiale.claims import Arm, Claim, ClaimsFile
from cordiale.errors import FileError, OptionError, UserError, did_you_mean
from cordiale.layers import Scenario, load_scenario
from cordiale.library import check_stays, is_file, roots
from cordiale.loaded_pack import find_pack
from cordiale.measures.requests import Request, request
from cordiale.quarters import to_index
from cordiale.validate import validate
from cordiale.yamlfile import Document, Key, read


@dataclass(frozen=True)
class Test:
    """A claim's contrast, loaded.

    Attributes
    ----------
    without, under : the two arms: without the cause, and with it
    read : the measure, of one entity
    quarter : when it is read, counted from 0
    """

    without: Scenario
    under: Scenario
    read: Request
    quarter: int

    __test__ = False  # not one of pytest's


@dataclass(frozen=True)
class Loaded:
    """A claim with its test; None where it cannot be tested here."""

    claim: Claim
    test: Test | None


def load_claims(pack: str, only: list[str] | None = None) -> list[Loaded]:
    """Return the claims of a pack in the order of the article.

    Parameters
    ----------
    only : ids; all where None

    Raises
    ------
    FileError at the line of a scenario, lever, measure or paragraph that does not exist; OptionError for an unknown id
    """
    document = read(_path(pack))
    claims = validate(document, ClaimsFile).claims
    places = paragraphs(find_pack(pack).pack.case)
    known = [claim.id for claim in claims]
    for wanted in only or []:
        if wanted not in known:
            raise OptionError(f"--only {wanted}: no claim of that name{did_you_mean(wanted, known)}")
    loaded = []
    for at, claim in enumerate(claims):
        where: tuple[Key, ...] = ("claims", at)
        if claim.id in known[:at]:
            document.fail((*where, "id"), f"'{claim.id}' stands twice")
        if claim.locator not in places:
            hint = did_you_mean(claim.locator, places)
            document.fail((*where, "locator"), f"'{claim.locator}' is no paragraph of the article{hint}")
        if only is None or claim.id in only:
            loaded.append(Loaded(claim, _test(document, where, claim, pack)))
    return loaded


def _path(pack: str) -> Path:
    for root in roots():
        path = root / "scenarios" / pack / "claims.yaml"
        if is_file(path):
            check_stays(path, "the scenarios' folder")
            return path
    raise OptionError(f"the pack '{pack}' has no claims.yaml among its scenarios")


def _test(document: Document, where: tuple[Key, ...], claim: Claim, pack: str) -> Test | None:
    if claim.test is None:
        return None
    at = (*where, "test")
    without = _arm(document, (*at, "from"), claim.test.from_, pack)
    under = _arm(document, (*at, "to"), claim.test.to, pack)
    try:
        found = request(claim.test.measure, without.names)
    except OptionError as error:
        document.fail((*at, "measure"), str(error))
    if len(found.entities) != 1:
        document.fail((*at, "measure"), f"'{claim.test.measure}': name one state or dyad after a colon")
    quarter = to_index(claim.test.quarter) - without.start if claim.test.quarter else without.quarters - 1
    if not 0 <= quarter < min(without.quarters, under.quarters):
        document.fail((*at, "quarter"), f"{claim.test.quarter} is not among the quarters of both arms")
    return Test(without, under, found, quarter)


def _arm(document: Document, at: tuple[Key, ...], arm: Arm, pack: str) -> Scenario:
    try:
        return load_scenario(arm.scenario, set=dict(arm.set), pack=pack)
    except FileError:
        raise
    except UserError as error:
        document.fail(at, str(error))
