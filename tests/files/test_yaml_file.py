from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import pytest

from cordiale.files.errors import FileError
from cordiale.files.yaml_file import MAX_BYTES, MAX_VALUES, read, to_number

# text, and the place and the message of its error
FAULTS = {
    "empty": (b"", "1:1: the file is empty"),
    "blank": (b" \n\n", "1:1: the file is empty"),
    "comments": (b"# one\n# two\n", "1:1: the file holds only comments"),
    "tab": (b"title: a\nbasis:\n\tsays: x\n", "3:1: not YAML: a tab: indent with spaces"),
    "colon": (
        b"title: Mine: a study\n",
        "1:12: not YAML: a ': ' too many, or an indentation that is off; a text that holds ': ' needs quotes",
    ),
    "quote": (b"title: 'Mine\nquestion: x\n", "1:8: not YAML: a quotation mark that is never closed"),
    "at": (b"title: @mine\n", "1:8: not YAML: a text that begins with '@' needs quotes"),
    "bracket": (b"measures: [a, b\n", "2:1: not YAML: a '[' that is not closed, or a missing ','"),
    "brace": (b"basis: {locator: a\n", "2:1: not YAML: a '{' that is not closed, or a missing ','"),
    "no colon": (b"title: x\nquestion\n", "2:1: not YAML: no ':' after this key"),
    "dash": (
        b"title: x\n- y\n",
        "2:1: not YAML: no key where one must stand: look at indentation and quotes",
    ),
    "two documents": (
        b"a: 1\n---\nb: 2\n",
        "2:1: a second YAML document begins here: one file, one document",
    ),
    "duplicate": (b"a: 1\nb: 2\na: 3\n", "3:1: 'a' stands twice: first in line 1"),
    "same letter": ("\u00e9: 1\ne\u0301: 2\n".encode(), "2:1: '\u00e9' stands twice: first in line 1"),
    "same number": (b"1: a\n01: b\n", "2:1: '1' stands twice: first in line 1"),
    "UTF-16": ("title: x".encode("utf-16"), "1:1: not UTF-8 text: save the file with the encoding UTF-8"),
    "Latin-1": (
        "a: \u00e9\n".encode() + "b: \u00e9".encode("latin-1"),
        "2:4: not UTF-8 text: save the file with the encoding UTF-8",
    ),
    "after an accent": (
        "\u00e9\u00e9: [x\n".encode(),
        "2:1: not YAML: a '[' that is not closed, or a missing ','",
    ),
    "NUL": (b"title: a\x00b\n", "1:9: a character that no text has: '\\x00'"),
    "escape": (b"a: 1\ntitle: \x1b[31m\n", "2:8: a character that no text has: '\\x1b'"),
    "tag": (
        b"title: !!python/object/apply:os.system [ls]\n",
        "1:8: tags such as 'tag:yaml.org,2002:python/object/apply:os.system' are not used in files of cordiale",
    ),
    "anchor": (b"title: &t Mine\n", "1:8: anchors and aliases are not used in files of cordiale"),
    "alias": (b"a: *x\n", "1:4: anchors and aliases are not used in files of cordiale"),
    "alias bomb": (
        b"a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
        "1:4: anchors and aliases are not used in files of cordiale",
    ),
    "complex key": (b"? [a, b]\n: c\n", "1:3: a key must be a word or a whole number"),
    "true as a key": (b"true: a\n", "1:1: a key must be a word or a whole number"),
    # what steers a terminal, breaks a chart or fills a message
    "escape, written": (b'title: "\\e[31mred"', "1:8: a character that no text has: '\\x1b'"),
    "bell": (b'title: "ring\\a"', "1:8: a character that no text has: '\\x07'"),
    "NUL, written": (b'title: "a\\0b"', "1:8: a character that no text has: '\\x00'"),
    "next line": (b'title: "a\\Nb"', "1:8: a character that no text has: '\\x85'"),
    "no character": (b'title: "\\UFFFFFFFF"', "1:11: not YAML: found invalid Unicode character escape code"),
    "half a pair": (b'title: "\\uD800"', "1:11: not YAML: found invalid Unicode character escape code"),
    "right to left": ("title: a\u202eb".encode(), "1:9: a character that no text has: '\\u202e'"),
    "right to left, written": (b'title: "a\\u2066b"', "1:8: a character that no text has: '\\u2066'"),
    "in a key": (b'a: {"\\e[2J": 1}', "1:5: a character that no text has: '\\x1b'"),
    "in a list": (b'a:\n- x\n- "\\b"', "3:3: a character that no text has: '\\x08'"),
    "marks": (("title: z" + "\u0301\u0316" * 20).encode(), "1:39: more than 30 marks on one letter"),
    "marks, written": (('title: "z' + "\\u0301" * 40 + '"').encode(), "1:8: more than 30 marks on one letter"),
    "same letter, written": ('\u00e9: 1\n"e\\u0301": 2'.encode(), "2:1: '\u00e9' stands twice: first in line 1"),
    "old Macintosh": (b"a: 1\rb: 2\rc: \x07", "3:4: a character that no text has: '\\x07'"),
    "crowd": (
        ("a: [" + "1," * MAX_VALUES + "]").encode(),
        "1:99997: more than 50,000 keys and values; no file of cordiale has",
    ),
    "long number": (b"a: " + b"1" * 41, "1:4: a number of more than 40 characters"),
}


def message_of(path: Path) -> str:
    try:
        fault = read(path).faults[0]
    except FileError as error:
        fault = error
    return str(fault).removeprefix(f"{path}:").strip()


@pytest.mark.parametrize("name", FAULTS)
def test_a_text_that_is_refused(name: str, tmp_path: Path) -> None:
    text, message = FAULTS[name]
    path = tmp_path / "file.yaml"
    path.write_bytes(text)
    assert message_of(path) == message


@pytest.mark.parametrize(
    "text",
    [
        b"a: " + b"[" * 10_000 + b"]" * 10_000,
        b"a: " + b"{b: " * 10_000,
        b"- " * 10_000,
    ],
    ids=["brackets", "braces", "dashes"],
)
def test_deep_nesting_is_refused_at_once(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(text)
    tracemalloc.start()
    began = time.perf_counter()
    assert "nested deeper than 16 levels" in message_of(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.perf_counter() - began < 1
    assert most < 5_000_000


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    with path.open("wb") as file:
        file.write(b"a: 1\n")
        file.truncate(50_000_000)
    tracemalloc.start()
    assert message_of(path) == "larger than 1,000,000 bytes; no file of cordiale is"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * MAX_BYTES


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    assert message_of(tmp_path) == "is a folder, not a file to read"
    os.mkfifo(tmp_path / "pipe.yaml")  # opening it would wait for a writer without end
    assert message_of(tmp_path / "pipe.yaml") == "is no regular file, not a file to read"
    assert message_of(tmp_path / "none.yaml") == "cannot be read: No such file or directory"


def test_words_and_numbers_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    text = "a: no\nb: NO\nc: 0x1F\nd: 1_000\ne: 012\nf: 1e3\ng: '5'\nh: 2018-10-01\n"
    text += "i: ~\nj: true\nk: -.5\nl: 12:30\n"
    path.write_text("\ufeff" + text, "utf-8")
    assert read(path).data == {
        "a": "no", "b": "NO", "c": "0x1F", "d": "1_000", "e": 12, "f": 1000.0, "g": "5", "h": "2018-10-01",
        "i": None, "j": True, "k": -0.5, "l": "12:30",
    }  # fmt: skip


def test_numbers_on_the_command_line_are_those_of_files() -> None:
    assert [to_number(text) for text in ("1", "-.5", "1e3", ".inf")] == [1, -0.5, 1000.0, float("inf")]
    assert [to_number(text) for text in ("nan", "1_0", "0x1", "0,5", "\uff11", "", "1" * 41)] == [None] * 7


def test_places_are_those_of_keys_and_values(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("\u00e9t\u00e9: {b: [x,\n  'y']}\n", "utf-8")
    document = read(path)
    assert document.place(("\u00e9t\u00e9", "b"), of_key=True) == (1, 7)
    assert document.place(("\u00e9t\u00e9", "b", 1)) == (2, 3)
    assert document.place(("\u00e9t\u00e9", "b", 5)) == (1, 10)
