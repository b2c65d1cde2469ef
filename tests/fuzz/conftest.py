from __future__ import annotations

from collections.abc import Iterator

import pytest

from .bench import Bench, opened


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with opened(tmp_path_factory.mktemp("bench")) as found:
        yield found
