"""A grammar of cordiale's files: what stands in them, taken apart, spoilt, and written down again.

A file is a tree of mappings (lists of pairs, so that a key can stand twice), lists, and scalars as they
are written. A tree is spoilt at a node; a text is spoilt at a byte.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

# ---------------------------------------------------------------- what is put in place of a scalar or a key

NUMBERS = [
    "0", "1", "-1", "0.5", "1e999", "-1e999", "1e-999", ".inf", "-.inf", ".nan", "-0.0", "0x1F", "0o17", "1_000",
    "9" * 39, "9" * 41, "9" * 5000, "1e" + "9" * 30, "100000000", "100000001", "9223372036854775807",
    "9223372036854775808", "400", "401", "0.1e1", "1.", "+.5", "\uff11", "12:30:45", "2019-01-01",
]  # fmt: skip
LIKELY_NUMBERS = ["0", "1", "0.5", "0.25", "1e-300", "-1", "2", "6", "5e-324", "400", "1.0000000001", "100000000"]
WORDS = [
    "", "~", "null", "true", "no", "''", '""', "x", "x" * 119, "x" * 121, "x" * 1001, "x" * 50_000, "{}", "[]", "[[]]",
    "2018Q4", "2019Q1", "2017Q4", "9999Q4", "0000Q1", "2019Q5", "2418Q3", "2118Q4", "\uff12019Q1",
    "baseline", "../baseline", "/etc/passwd", "..", ".", "a/../../b", "claims", "FRA", "CHN", "AAA", "BBB", "fra",
    "FRA-JPN", "JPN-FRA", "FRA-FRA", "AAA-BBB", "BBB>AAA", "AAA>AAA", "State", "Hedger", "os:system", ".x:y", ":",
    "cordiale.cli:main", "alignment", "'alignment:FRA-JPN'", "trust", "position.issue_0", "explicit", "implied",
    "not in the article", "issue_0", "issue_1", "rung_0", "rung_1", "domain_0", "format_0", "theatre_0", "set", "stop",
    "weight", "member", "weight.trust_news", "AAA.resolve", "AAA.issue_0.ideal", "AAA-BBB.practice.domain_0",
    "'%s%n{0}{x}'", "'$x^$'", "'<script>'", "'a\\nb'", "'-'", "'='", "'\"'", "'[bold]'", "'a: b'", "'#'",
]  # fmt: skip
ODD = [
    '"\\e[31m"', '"\\0"', '"\\a"', '"\\N"', '"\\L"', '"\\ud800"', '"\\U0010FFFF"', '"\\u202E"', '"\\u200b"',
    '"\\uFEFF"', '"e\\u0301"', "\u00e9", "e\u0301", "a\u202eb", "a\u200bb", "\u2028", "\u0430", "\U0001f600",
    "a" + "\u0301" * 40, '"a' + "\\u0301\\u0316" * 40 + '"', "\ufdfa" * 300, "\u1e9e", "\u0130", "\u00a0",
    "&a x", "*a", "!!python/object/apply:os.system [id]", "!!binary aGk=", "! x", "!!str 1", "!x y", "<<", "? x",
    "|\n x\n", ">-\n x\n", "@x", "`x`", "%x", "x # y", "- x", "x: y", "[x", "{x", "'x", '"x', "}", "]", ",",
]  # fmt: skip
BYTES = [
    b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\r", b"\r\n", b"\t", b"\x85",
    b"\n---\n", b"\n...\n", b"%YAML 1.1\n---\n", b"# a comment\n", b"\n", b" ", b"&a ", b"*a",
    b"<<: *a\n", b"!!python/name:os.x ", b"? ",
    b": ", b"- ", b"'", b'"', b"{", b"}", b"[", b"]", b"|", b">", b"[" * 2000, b"{a: " * 2000, b"- " * 2000,
    b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xcc\x81" * 400, b"a" * 70_000, b"[1, 1], " * 20_000, b",,,,", b"=", b";",
]  # fmt: skip

scalars = st.sampled_from(NUMBERS + WORDS + ODD) | st.floats().map(repr) | st.integers().map(str)
texts = scalars | st.text(max_size=20).map(lambda text: json.dumps(text, ensure_ascii=False))


@dataclass(frozen=True)
class Mutation:
    """One change: its kind, where (a number that is taken modulo what there is), and what is put there."""

    kind: str
    where: int
    other: int
    what: str


LIKELY_KINDS = ("number", "number", "word", "word", "known key", "drop", "item twice", "swap", "graft")
WILD_KINDS = ("value", "key", "twice", "key twice", "nest", "crowd", "add")
BYTE_KINDS = ("flip", "insert", "cut", "cut out", "repeat", "endings", "latin")
BYTE_STRINGS = {f"bytes {at}": each for at, each in enumerate(BYTES)}
_places = st.integers(0, 1 << 20)
_near_numbers = st.sampled_from(LIKELY_NUMBERS) | st.floats(-1, 1).map(repr) | st.integers(-2, 500).map(str)
likely_mutations = st.builds(Mutation, st.sampled_from(LIKELY_KINDS), _places, _places, _near_numbers)
wild_mutations = st.builds(Mutation, st.sampled_from(WILD_KINDS), _places, _places, texts)
byte_mutations = st.builds(Mutation, st.sampled_from(BYTE_KINDS), _places, _places, st.sampled_from(list(BYTE_STRINGS)))
_none: st.SearchStrategy[list[Mutation]] = st.just([])
_likely = st.tuples(st.lists(likely_mutations, min_size=1, max_size=3), _none)
_wild = st.tuples(st.lists(likely_mutations | wild_mutations, min_size=1, max_size=3), _none)
_bytes = st.tuples(st.lists(likely_mutations, max_size=1), st.lists(byte_mutations, min_size=1, max_size=2))
mutations = st.one_of(_likely, _likely, _likely, _wild, _wild, _bytes)
trees_only = st.one_of(_likely, _wild)

EDGES = st.sampled_from([0, 1, 0.5, 5e-324, 1 - 2**-53, -0.0, 1e-12]) | st.floats(0, 1)
QUARTERS = st.builds("{}Q{}".format, st.integers(2018, 2022) | st.just(2118), st.integers(1, 4))
KNOWN_MEASURES = [
    "alignment",
    "trust",
    "trusting:AAA>BBB",
    "ladder",
    "hedging",
    "engagement",
    "position.issue_0",
    "same_bloc",
    "rank",
]
ACTS = ["AAA-BBB.open_talks.rung_0", "BBB-AAA.sign.rung_0", "BBB>AAA.cancel", "AAA>BBB.coercion", "AAA>BBB.breach",
        "format_0.found", "AAA.leave.format_0", "AAA.present"]  # fmt: skip


def _event(levers: list[str]) -> st.SearchStrategy[Any]:
    moves = st.dictionaries(st.sampled_from(levers), EDGES, min_size=1, max_size=3)
    length = st.integers(1, 400)
    return st.one_of(
        st.fixed_dictionaries({"quarter": QUARTERS, "set": moves}),
        st.fixed_dictionaries({"quarter": QUARTERS, "ramp": moves, "over": length}),
        st.fixed_dictionaries({"quarter": QUARTERS, "shock": moves, "lasts": length}),
        st.fixed_dictionaries({"quarter": QUARTERS, "act": st.lists(st.sampled_from(ACTS), min_size=1, max_size=2)}),
        st.fixed_dictionaries({"quarter": QUARTERS, "stop": st.lists(st.sampled_from(levers), min_size=1, max_size=2)}),
    )


def _range(ends: list[float]) -> dict[str, Any]:
    low, best, high = sorted(ends)
    return {
        "low": low,
        "best": best,
        "high": high,
        "basis": "implied",
        "locator": "Text 1",
        "paraphrase": "as it may be",
    }


def scenarios_of(levers: list[str], paths: list[str]) -> st.SearchStrategy[Any]:
    """Return scenarios that are almost right, so that they are run and not only refused: numbers at their edges."""
    ranges = st.lists(EDGES, min_size=3, max_size=3).map(_range)
    return st.fixed_dictionaries(
        {
            "title": st.text(min_size=3, max_size=30).map(str.strip) | st.just("A title"),
            "question": st.just("What happens?"),
            "basis": st.just({"locator": "Text 1", "says": "nothing"}),
        },
        optional={
            "horizon": QUARTERS,
            "worlds": st.integers(1, 10**8),
            "seed": st.integers(0, 2**63 - 1),
            "levers": st.dictionaries(st.sampled_from(levers), EDGES, max_size=4),
            "timeline": st.lists(_event(levers), max_size=5),
            "uncertainties": st.dictionaries(st.sampled_from(paths), ranges, max_size=4),
            "measures": st.lists(st.sampled_from(KNOWN_MEASURES), min_size=1, max_size=8),
            "extends": st.just("baseline"),
        },
    )


# ---------------------------------------------------------------- trees


def tree_of(value: Any) -> Any:
    """Return data as a tree: ("map", pairs), ("list", items) or a scalar's text."""
    if isinstance(value, dict):
        return ("map", [[_written(key), tree_of(each)] for key, each in value.items()])
    if isinstance(value, list):
        return ("list", [tree_of(each) for each in value])
    return _written(value)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def text_of(tree: Any) -> str:
    """Return a tree as YAML in braces, which JSON is too while nothing is spoilt; its top stands in lines."""
    if isinstance(tree, tuple) and tree[0] == "map" and tree[1]:
        return "\n".join(f"{key}: {_inline(value)}" for key, value in tree[1]) + "\n"
    return _inline(tree) + "\n"


def json_of(tree: Any) -> str:
    """Return a tree as JSON, as far as what was put in allows."""
    return _inline(tree)


def _inline(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    kind, items = tree
    if kind == "list":
        return "[" + ", ".join(map(_inline, items)) + "]"
    return "{" + ", ".join(f"{key}: {_inline(value)}" for key, value in items) + "}"


def _slots(tree: Any) -> list[tuple[Any, int]]:
    """Return (the list that holds it, its index) of every value and pair below a tree."""
    found = []
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            continue
        for at, each in enumerate(node[1]):
            found.append((node, at))
            todo.append(each[1] if node[0] == "map" else each)
    return found


def spoil(tree: Any, change: Mutation) -> Any:
    """Return a tree with a change; trees are lists, and are changed in place where that will do."""
    slots = _fitting(_slots(tree), change.kind)
    if not slots:
        return tree
    (kind, items), at = slots[change.where % len(slots)]
    (other_kind, others), other = slots[change.other % len(slots)]
    value = items[at][1] if kind == "map" else items[at]

    def put(new: Any) -> None:
        if kind == "map":
            items[at][1] = new
        else:
            items[at] = new

    if change.kind == "value":
        put(change.what)
    elif change.kind == "number":
        put(change.what)
    elif change.kind == "word":
        put(others[other][1] if other_kind == "map" else others[other])
    elif change.kind == "known key":
        items[at][0] = others[other][0]
    elif change.kind == "graft":
        others.insert(other, deepcopy(items[at]))
    elif change.kind == "key" and kind == "map":
        items[at][0] = change.what if change.other % 2 else _near(items[at][0])
    elif change.kind == "drop":
        del items[at]
    elif change.kind in ("twice", "item twice", "key twice"):
        again = items[at] if change.kind == "twice" or kind == "list" else [items[at][0], change.what]
        items.insert(at, deepcopy(again))
    elif change.kind == "nest":
        for _ in range(change.other % 20 + 1):
            value = ("list", [value]) if change.where % 2 else ("map", [[change.what, value]])
        put(value)
    elif change.kind == "swap":
        put(deepcopy(others[other][1] if other_kind == "map" else others[other]))
    elif change.kind == "crowd":
        put(("list", [change.what] * (change.other % 2000)) if len(change.what) < 50 else change.what)
    elif change.kind == "add":
        items.append([change.what, value] if kind == "map" else change.what)
    return tree


def _fitting(slots: list[tuple[Any, int]], kind: str) -> list[tuple[Any, int]]:
    """Return the slots at which a change of a kind is likely to leave something that is almost right."""

    def value(slot: tuple[Any, int]) -> Any:
        (of, items), at = slot
        return items[at][1] if of == "map" else items[at]

    if kind == "number":
        return [slot for slot in slots if isinstance(value(slot), str) and value(slot)[:1] in "-.0123456789"]
    if kind == "word":
        return [slot for slot in slots if isinstance(value(slot), str) and value(slot)[:1] == '"']
    if kind in ("known key", "graft"):
        return [slot for slot in slots if slot[0][0] == "map"]
    return [slot for slot in slots if slot[0][0] == "list"] if kind == "item twice" else slots


def _near(key: str) -> str:
    """Return a key as a slip of the fingers would leave it."""
    return key.swapcase() if len(key) < 5 else key[:3] + key[4:]


# ---------------------------------------------------------------- bytes


def break_up(raw: bytes, change: Mutation) -> bytes:
    """Return bytes with a change."""
    at = change.where % (len(raw) + 1)
    far = at + change.other % 40
    piece = BYTE_STRINGS[change.what]
    if change.kind == "flip" and at < len(raw):
        return raw[:at] + bytes([raw[at] ^ (1 << change.other % 8)]) + raw[at + 1 :]
    if change.kind == "cut":
        return raw[:at]
    if change.kind == "cut out":
        return raw[:at] + raw[far:]
    if change.kind == "repeat":
        return raw[:far] + raw[at:far] * (change.other % 30) + raw[far:]
    if change.kind == "endings":
        return raw.replace(b"\n", (b"\r\n", b"\r", b"\xc2\x85", b"\n\n")[change.other % 4])
    if change.kind == "latin":
        return raw.decode("utf-8", "replace").encode(
            ("utf-16", "latin-1", "utf-32", "cp037")[change.other % 4], "replace"
        )
    return raw[:at] + piece + raw[at:]


def mutated(data: Any, changes: tuple[list[Mutation], list[Mutation]], *, as_json: bool = False) -> bytes:
    """Return a file: data written down, with changes to its tree and then to its bytes."""
    tree = tree_of(data)
    for change in changes[0]:
        tree = spoil(tree, change)
    raw = (json_of if as_json else text_of)(tree).encode("utf-8", "replace")
    for change in changes[1]:
        raw = break_up(raw, change)
    return raw
