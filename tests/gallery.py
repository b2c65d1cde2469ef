"""The gallery of charts, docs/gallery.md with its pictures: made again by `python -m tests.gallery`, some ten minutes.

Every picture is what its command writes, at page size; nothing is drawn here.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from cordiale.output.charts.study import CHARTS

ROOT = Path(__file__).parent.parent
PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "figures" / "gallery"
COLOURS = 128  # of a picture, which then takes a quarter of the room
CODING = "docs/howto/second-coder.md"  # has a coding of a few numbers, as a file to try
HEAD = """# Gallery

Every chart, with the command that made it. A title says what was found, with its number; the alternative text under a
picture stands in its file too. `--for column`, `slide` or `web`, `--format svg` or `pdf` and `--dark` draw a study's
chart otherwise. Made by `python -m tests.gallery`.
"""


@dataclass(frozen=True)
class Shown:
    """A command, and which of its charts are shown.

    Attributes
    ----------
    about : heading of it on the page
    command : as typed, without the program's name
    charts : names of files in its folder `charts`, without suffix; of a name that ends in "*" the first
    """

    about: str
    command: str
    charts: tuple[str, ...]


STUDY = "run baseline france_joins_quad us_retrenchment dual_use_revealed --worlds 200 --no-charts --out outputs/study"
SHOWN = (
    Shown("Scenarios compared", "compare baseline france_joins_quad us_retrenchment dual_use_revealed "
          "french_strategy_strong japan_in_axis --worlds 200 --out outputs/compared", ("forest",)),
    Shown("What it hangs on: one number against another", "sweep baseline --over france_in_quad=0:1:5 --over "
          "quad_hardness=0:1:5 --worlds 60 --out outputs/sweep", ("sweep-*",)),
    Shown("What it hangs on: which coded numbers", "sensitivity baseline --measure alignment:FRA-JPN --method morris "
          "--out outputs/morris", ("morris",)),
    Shown("What it hangs on: shares of the variance", "sensitivity france_joins_quad --against baseline --measure "
          "alignment:FRA-JPN --samples 64 --out outputs/sobol", ("tornado",)),
    Shown("Where it happens", "discover baseline --where 'alignment:FRA-JPN < 3.5' --worlds 1000 --out outputs/where",
          ("discover*",)),
    Shown("By which causes", "terms france_joins_quad --against baseline --worlds 100 --out outputs/terms", ("terms",)),
    Shown("How many worlds are enough", "sample-size baseline france_joins_quad --out outputs/worlds",
          ("sample_size",)),
    Shown("A state's moves", "moves FRA --worlds 100 --out outputs/moves", ("gain_cost", "moves")),
    Shown("Packages of moves", "robust JPN --size 2 --alone --worlds 64 --out outputs/packages", ("packages",)),
    Shown("Two coders", "agreement second_coder.csv --out outputs/agreement", ("agreement",)),
)  # fmt: skip


def name_of(shown: Shown) -> str:
    """Return the kind of result that a command makes."""
    return shown.command.split()[0].replace("-", "_")


def main() -> None:
    """Make page and pictures again."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "second_coder.csv").write_text(_coding(), "utf-8")
        told = [HEAD, "## A study", _block(STUDY)]
        _run(STUDY, here)
        for name, chart in CHARTS.items():
            command = f"chart outputs/study {name} --out outputs/charts"
            _run(command, here)
            told += [f"### {chart.shows[:1].upper()}{chart.shows[1:]}", _block(command)]
            told.append(_picture(here / "outputs" / "charts" / f"{name}.png", f"study-{name}"))
        for shown in SHOWN:
            _run(shown.command, here)
            told += [f"## {shown.about}", _block(shown.command)]
            charts = here / shlex.split(shown.command)[-1] / "charts"
            for chart in shown.charts:
                file = sorted(charts.glob(f"{chart}.png"))[0]
                told.append(_picture(file, f"{name_of(shown)}-{file.stem}"))
        PAGE.write_text("\n\n".join(told).replace("\n\n\n", "\n\n") + "\n", "utf-8")


def _coding() -> str:
    """Return the coding that the how-to shows as a file."""
    text = (ROOT / CODING).read_text("utf-8")
    return text.partition('```csv title="second_coder.csv"\n')[2].partition("```")[0]


def _run(command: str, here: Path) -> None:
    program = str(Path(sys.executable).parent / "cordiale")
    typed = [program, *shlex.split(command)]
    done = subprocess.run(typed, cwd=here, env=os.environ | {"COLUMNS": "120"}, capture_output=True, text=True)
    print(f"{done.returncode} cordiale {command}", flush=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def _block(command: str) -> str:
    return f"```sh\ncordiale {command}\n```"


def _picture(file: Path, name: str) -> str:
    """Keep a picture with fewer colours, and return how the page shows it, with its alternative text."""
    with Image.open(file) as drawn:
        alt = str(drawn.text["Description"]).replace("\n", " ")  # type: ignore[attr-defined]
        drawn.convert("RGB").quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)
    return f"![{alt}](figures/gallery/{name}.png)\n\n*{alt}*"


if __name__ == "__main__":
    main()
