"""Names within case.yaml: issues, domains, agreements, formats and what the levers move."""

from __future__ import annotations

from cordiale.checks.sheet import Path, Sheet
from cordiale.fields import FIELDS
from cordiale.pack import Case
from cordiale.scenario import SETTINGS


def check_case(case: Case, sheet: Sheet) -> None:
    """Raise FileError for a name in a case that does not agree with the others."""
    sheet.each_known(("states",), case.states, case.states, "state")
    sheet.dyad(("focus",), case.focus)
    sheet.each_known(("poles",), case.poles, case.states, "state")
    _check_issues(case, sheet)
    _check_domains(case, sheet)
    for name, agreement in case.agreements.items():
        others = [other for other in case.agreements if other != name]
        sheet.each_known(("agreements", name, "implies"), agreement.implies, others, "other agreement")
    _check_formats(case, sheet)
    _check_levers(case, sheet)


def _check_issues(case: Case, sheet: Sheet) -> None:
    for name, issue in case.issues.items():
        if name in FIELDS:
            message = f"'{name}' is a word that paths use: give the issue another name"
            sheet.document.fail(("issues", name), message, of_key=True)
        sheet.each_known(("issues", name, "provokes"), issue.provokes, sheet.names.challengers, "challenger")
        if issue.restrains_flows_to:
            at = ("issues", name, "restrains_flows_to")
            sheet.known(at, issue.restrains_flows_to, sheet.names.challengers, "challenger")


def _check_domains(case: Case, sheet: Sheet) -> None:
    for name, domain in case.domains.items():
        at = ("domains", name)
        sheet.known((*at, "theatre"), domain.theatre, case.theatres, "theatre")
        sheet.each_known((*at, "meets"), domain.meets, case.hazards, "hazard")
        if domain.appetite:
            sheet.known((*at, "appetite"), domain.appetite, case.issues, "issue")
        if domain.patron:
            sheet.known((*at, "patron"), domain.patron, case.states, "state")
        if domain.unlocked_by:
            sheet.known((*at, "unlocked_by"), domain.unlocked_by, case.agreements, "agreement")


def _check_formats(case: Case, sheet: Sheet) -> None:
    for name, group in case.formats.items():
        at = ("formats", name)
        sheet.each_known((*at, "members"), group.members, case.states, "state")
        sheet.each_known((*at, "consent"), group.consent, case.states, "state")
        sheet.keys_known((*at, "character"), group.character, case.issues, "issue")
        sheet.keys_known((*at, "aimed_at"), group.aimed_at, sheet.names.challengers, "challenger")


def _check_levers(case: Case, sheet: Sheet) -> None:
    for name, lever in case.levers.items():
        at = ("levers", name)
        if name in SETTINGS:
            message = f"'{name}' is a setting of scenarios: give the lever another name"
            sheet.document.fail(at, message, of_key=True)
        moved: dict[str, str] = {}
        for path, ends in lever.moves.items():
            canonical = _check_move(sheet, (*at, "moves", path), path, ends)
            if canonical in moved:
                message = f"'{path}' stands twice: first as '{moved[canonical]}'"
                sheet.document.fail((*at, "moves", path), message, of_key=True)
            moved[canonical] = path


def _check_move(sheet: Sheet, at: Path, path: str, ends: list[float]) -> str:
    try:
        canonical = sheet.names.canonical(path)
    except KeyError as error:
        sheet.document.fail(at, str(error.args[0]), of_key=True)
    field, _ = sheet.names.paths[canonical]
    if field == "weights" or FIELDS[field].kind == "start":
        sheet.document.fail(at, f"'{path}' is used at the start only, so no lever can move it", of_key=True)
    bottom, top = sheet.names.scale(canonical)
    for index, end in enumerate(ends):
        if not bottom <= end <= top:
            message = f"{end:g} leaves the scale {bottom:g}..{top:g} of '{path}'"
            sheet.document.fail((*at, index), message)
    return canonical
