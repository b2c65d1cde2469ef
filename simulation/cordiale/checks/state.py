"""Names within a state's file."""

from __future__ import annotations

from cordiale.checks.sheet import Sheet
from cordiale.pack import StateFile


def check_state(code: str, state: StateFile, sheet: Sheet) -> None:
    """Raise FileError for a name in a state's file that does not agree with the case, or that it lacks."""
    names, document = sheet.names, sheet.document
    if state.code != code:
        document.fail(("code",), f"'{state.code}' stands in the file of {code}")
    for key, given, known, what in (
        ("issues", state.issues, names.issues, "issue"),
        ("capability", state.capability, names.theatres, "theatre"),
    ):
        sheet.keys_known((key,), given, known, what)
        sheet.keys_whole((key,), given, known, what)
    for key, rated, known, what in (
        ("threat", state.threat, names.hazards, "hazard"),
        ("dependence", state.dependence, names.challengers, "challenger"),
    ):
        sheet.keys_known((key,), rated, known, what)
        if code in rated:
            message = "a state rates neither its threat nor its dependence on itself"
            document.fail((key, code), message, of_key=True)
    if code in names.challengers and state.assertiveness is None:
        message = f"{code} is a hazard in case.yaml, so its file needs 'assertiveness'"
        document.fail((), message)
    if code not in names.challengers and state.assertiveness is not None:
        message = f"only a challenger has 'assertiveness', and {code} is no hazard in case.yaml"
        document.fail(("assertiveness",), message, of_key=True)
