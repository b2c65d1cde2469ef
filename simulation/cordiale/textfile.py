"""Read a text file: UTF-8, of bounded size, with no character that steers what shows it."""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from pathlib import Path

from cordiale.errors import FileError, short

Place = tuple[int, int]
MAX_BYTES = 1_000_000
MAX_MARKS = 30  # on one letter, as in Unicode's stream-safe text: to put many in order takes time without end
BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
# What a file may hold, and what a text in it may: breaks of line apart, no control character, and none that
# turns the text around it right to left, so that it reads as what it is not.
_SEEN = "\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_ODD_IN_FILE, _ODD = re.compile(f"[^{_SEEN}\r\x85\u2028\u2029]"), re.compile(f"[^{_SEEN}]")


def text_of(path: Path) -> str:
    """Return a file's text in Unicode's composed form, in which a letter has one spelling."""
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise FileError(path, None, None, "a path that is not UTF-8: give the file another name") from None
    try:
        if path.exists() and not path.is_file():
            raise FileError(
                path,
                None,
                None,
                f"is {'a folder' if path.is_dir() else 'no regular file'}, not a file to read",
            )
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(path, None, None, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise FileError(path, None, None, f"larger than {MAX_BYTES:,} bytes; no file of cordiale is")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        raise FileError(path, *_end(before), "not UTF-8 text: save the file with the encoding UTF-8") from None
    fault = _odd(text, _ODD_IN_FILE)
    if fault:
        raise FileError(path, *_end(text[: fault[0]]), fault[1])
    return unicodedata.normalize("NFC", text)


def fault_in(text: str) -> str | None:
    """Return what a text has that no text has, such as a sequence that steers a terminal; None where it is a text."""
    found = _odd(text, _ODD)
    return found and found[1]


def _odd(text: str, odd: re.Pattern[str]) -> tuple[int, str] | None:
    """Return where a text has what no text has, and what it is; None where it is a text."""
    found = odd.search(text)
    if found:
        return found.start(), f"a character that no text has: {short(found[0])}"
    marks = 0
    for at, char in enumerate("" if text.isascii() else text):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MAX_MARKS:
            return at, f"more than {MAX_MARKS} marks on one letter"
    return None


def _end(text: str) -> Place:
    """Return the place after a text: its line, and how far it is there."""
    lines = BREAK.split(text)
    return len(lines), len(lines[-1]) + 1
