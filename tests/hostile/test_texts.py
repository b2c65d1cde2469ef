"""Texts that would steer a terminal, break a chart or fill a message are refused or kept harmless."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import cordiale
from cordiale.files.errors import LONGEST
from cordiale.files.yaml_file import read
from cordiale.output.charts.study import chart

from ..conftest import PACK
from .files import MINE, SCENARIOS, Refused, write


def test_text_of_any_language_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    texts = [
        "\u65e5\u4ecf\u5354\u529b", "\u0641\u0631\u0646\u0633\u0627", "Vi\u1ec7t Nam", "a\nb",
        "\u0926\u093f\u0932\u094d\u0932\u0940", "\U0001f1eb\U0001f1f7 & <b> $x^$ {0} %s",
    ]  # fmt: skip
    path.write_text(
        "".join(f"{at}: {json.dumps(text, ensure_ascii=False)}\n" for at, text in enumerate(texts)), "utf-8"
    )
    assert list(read(path).data.values()) == texts


def test_a_message_is_short_whatever_it_quotes(refused: Refused) -> None:
    for text in (f"extends: {'a' * 40}", "levers: {" + "a" * 900_000 + ": 1}", f"measures: ['{'b' * 900_000}']"):
        write(text)
        assert len(refused("validate", str(MINE))) <= LONGEST
    state = Path("agents") / PACK / "IDN.yaml"
    state.write_text(re.sub("(?m)^behaviour: .*", f"behaviour: {'x' * 900_000}", state.read_text("utf-8")), "utf-8")
    assert len(refused("run", "baseline")) <= LONGEST


def test_a_title_cannot_break_a_chart(workshop: Path) -> None:
    title = """</title><script>alert("1")</script> ]]> & $\\\\frac{x}^$ {0} %s"""
    path = write("", workshop / SCENARIOS / "_mine.yaml")
    path.write_text(
        path.read_text("utf-8").replace("title: Mine", f"title: {json.dumps(title, ensure_ascii=False)}"), "utf-8"
    )
    study = cordiale.run(["baseline", "_mine"], worlds=4, seed=1, set={"horizon": "2019Q1"}, jobs=1, out="study")
    drawn = [each for each in chart(study, "fan", workshop / "charts") if each.suffix == ".svg"]
    assert drawn
    for picture in drawn:
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(picture).iter()}
        assert "script" not in tags
        assert not any("on" == name[:2] for element in ElementTree.parse(picture).iter() for name in element.attrib)
