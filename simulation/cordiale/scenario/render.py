"""Templates of files that a user will edit, filled in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cordiale.files.errors import one_line


def render(template: str, **words: Any) -> str:
    """Return a template of this package filled in; texts go in as YAML or comments that nothing can break."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cordiale.scenario", "templates"), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False, keep_trailing_newline=True,
    )  # fmt: skip
    filters: dict[str, Callable[..., str]] = {
        "quoted": lambda value: json.dumps(value, ensure_ascii=False),
        "comment": lambda value: one_line(" ".join(str(value).split())),
        "number": lambda value: f"{value:g}",
    }
    environment.filters |= filters
    found: str = environment.get_template(template).render(**words)
    return found
