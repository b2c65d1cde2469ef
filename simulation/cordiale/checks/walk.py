"""Every record and every coded number below a record, and the paragraphs that they can rest on."""

from __future__ import annotations

from collections.abc import Iterable

from cordiale.checks.sheet import Path
from cordiale.coded import Coded, Strict
from cordiale.pack import Case


def paragraphs(case: Case) -> dict[str, str]:
    """Return locator -> what the paragraph is about, in the order of the article."""
    return {
        f"{short} {number}": about
        for short, section in case.article.sections.items()
        for number, about in section.paragraphs.items()
    }


def walk(value: object, path: Path = ()) -> Iterable[tuple[Path, object]]:
    """Yield every record below a record with its path in the file."""
    if isinstance(value, Strict):
        yield path, value
        if not isinstance(value, Coded):
            for name in type(value).model_fields:
                yield from walk(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, (*path, index))


def walk_coded(record: object) -> Iterable[tuple[Path, Coded]]:
    """Yield every coded number below a record with its path in the file."""
    for path, value in walk(record):
        if isinstance(value, Coded):
            yield path, value
