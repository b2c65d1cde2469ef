"""SECURITY.md says what the code does: its limits and its tests are those that there are."""

from __future__ import annotations

import re

from cordiale import errors, lineage, loaded_pack, manifest_file, scenario, textfile, yamlfile
from cordiale.files import atomic_write

from ..conftest import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")


def test_the_limits_are_those_of_the_code() -> None:
    table = PAGE.partition("## Limits")[2].partition("##")[0]
    told = [int(number.replace(",", "")) for number in re.findall(r"\| .* \| ([\d,]+)", table)]
    fields = scenario.ScenarioFile.model_json_schema()["properties"]
    assert told == [
        textfile.MAX_BYTES, yamlfile.MAX_VALUES, yamlfile.MAX_DEPTH, yamlfile.LONGEST_NUMBER, textfile.MAX_MARKS,
        loaded_pack.MOST_NUMBERS, scenario.MOST_QUARTERS, scenario.MOST_WORLDS, lineage.DEEPEST,
        fields["timeline"]["maxItems"], fields["measures"]["anyOf"][0]["maxItems"], scenario.LONGEST_NAME,
        errors.LONGEST, manifest_file.MAX_BYTES,
    ]  # fmt: skip
    assert atomic_write.LONGEST_NAME + len("..unfinished") < 255


def test_the_tests_that_it_names_are_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)` \|", PAGE)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
