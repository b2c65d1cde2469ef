from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ready import FEW_CHARTS, keep_few_charts


@pytest.fixture(scope="module", autouse=True)
def few_charts() -> Iterator[None]:
    """Of all charts draw two: what becomes of their files does not hang on what they show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FEW_CHARTS, "yes")
        keep_few_charts(patch.setitem)
        yield
