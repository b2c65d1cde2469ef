"""SECURITY.md says what the code does: its limits and its tests are those that there are."""

from __future__ import annotations

import re

from cordiale.case import load
from cordiale.files import atomic_write, errors, yaml_file
from cordiale.scenario import file
from cordiale.study import design

from ..conftest import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")


def test_the_limits_are_those_of_the_code() -> None:
    table = PAGE.partition("## Limits")[2].partition("##")[0]
    told = [int(number.replace(",", "")) for number in re.findall(r"\| .* \| ([\d,]+)", table)]
    fields = file.ScenarioFile.model_json_schema()["properties"]
    assert told == [
        yaml_file.MAX_BYTES, yaml_file.MAX_VALUES, yaml_file.MAX_DEPTH, yaml_file.LONGEST_NUMBER, yaml_file.MAX_MARKS,
        load.MOST_NUMBERS, file.MOST_QUARTERS, file.MOST_WORLDS, file.DEEPEST,
        fields["timeline"]["maxItems"], fields["measures"]["anyOf"][0]["maxItems"], file.LONGEST_NAME,
        errors.LONGEST, design.MAX_BYTES,
    ]  # fmt: skip
    assert atomic_write.LONGEST_NAME + len("..unfinished") < 255


def test_the_tests_that_it_names_are_there() -> None:
    named = re.findall(r"`(tests/[\w/.]+)` \|", PAGE)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
