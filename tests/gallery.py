"""The gallery of charts, docs/gallery.md with its pictures: made again by `python -m tests.gallery`, some ten minutes.

Pictures of some kinds alone: `python -m tests.gallery moves causes`.

Every picture is what its command writes, at page size; nothing is drawn here.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cordiale.output.charts.study import CHARTS

ROOT = Path(__file__).parent.parent
PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "figures" / "gallery"
COLOURS = 128  # of a picture, which then takes a quarter of the room
FILES = {"second_coder.csv": "docs/howto/second-coder.md"}  # pages have them to try
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
    charts : names of files in its folder `charts`, without suffix, or with a "*" for what is left out
    kind : of its result, where it is not called as the command
    """

    about: str
    command: str
    charts: tuple[str, ...]
    kind: str = ""


STUDIES = "study"
STUDY = "run baseline france_joins_quad us_retrenchment dual_use_revealed --worlds 200 --no-charts --out outputs/study"
SHOWN = (
    Shown("Scenarios compared", "compare baseline france_joins_quad us_retrenchment dual_use_revealed "
          "french_strategy_strong japan_in_axis --worlds 200 --out outputs/compared", ("forest",)),
    Shown("What it depends on: one number against another", "sweep baseline --over france_china_tone=0:1:5 --over "
          "french_strategy=0:1:5 --against baseline --worlds 60 --out outputs/sweep", ("sweep-*",)),
    Shown("What it depends on: which coded numbers", "sensitivity baseline --measure alignment:FRA-JPN --method morris "
          "--out outputs/morris", ("morris",)),
    Shown("Where it happens", "discover baseline --where 'position_gap.china_tone:FRA-JPN > 0.3' --over 'FRA.*' "
          "--over 'JPN.*' --worlds 600 --set horizon=2020Q4 --out outputs/where",
          ("boxes", "tradeoff")),
    Shown("By which causes", "causes france_joins_quad --worlds 100 --out outputs/causes", ("causes",)),
    Shown("How many worlds are enough", "sample-size outputs/study --out outputs/worlds",
          ("sample_size",)),
    Shown("A state's moves", "moves FRA --worlds 100 --out outputs/moves", ("gain_cost", "moves")),
    Shown("Packages of moves", "robust JPN --size 2 --alone --worlds 64 --out outputs/packages", ("packages",)),
    Shown("Other models", "compare baseline france_hardens_tone --models diplomacy,landscape,opinion,bargaining "
          "--worlds 200 --out outputs/models", ("families",), "families"),
    Shown("Settlements of a file of issues", "settle --example emission --out outputs/settled", ("settle",)),
    Shown("Two coders", "agreement second_coder.csv --out outputs/agreement", ("agreement",)),
)  # fmt: skip


def name_of(shown: Shown) -> str:
    """Return the kind of result that a command makes, with which its pictures begin."""
    return shown.kind or shown.command.split()[0].replace("-", "_")


def main() -> None:
    """Make the pictures of the kinds that are named, or all, and the page."""
    kinds = sys.argv[1:] or [STUDIES, *map(name_of, SHOWN)]
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for name in FILES:
            (here / name).write_text(_file(name), "utf-8")
        for kind in kinds:
            for old in PICTURES.glob(f"{kind}-*.png"):
                old.unlink()
        if {STUDIES, "sample_size"} & {*kinds}:
            _run(STUDY, here)
        if STUDIES in kinds:
            for name in CHARTS:
                _run(chart_command(name), here)
                _keep(here / "outputs" / "charts" / f"{name}.png", f"{STUDIES}-{name}")
        for shown in SHOWN:
            if name_of(shown) in kinds:
                _run(shown.command, here)
                for chart in shown.charts:
                    (file,) = (here / shlex.split(shown.command)[-1] / "charts").glob(f"{chart}.png")
                    _keep(file, f"{name_of(shown)}-{file.stem}")
    PAGE.write_text(page(), "utf-8")


def page() -> str:
    """Return the page of the pictures that there are."""
    told = [HEAD.strip(), "## A study", _block(STUDY)]
    for name, chart in CHARTS.items():
        told += [f"### {chart.shows[:1].upper()}{chart.shows[1:]}", _block(chart_command(name))]
        told.append(_shown(PICTURES / f"{STUDIES}-{name}.png"))
    for shown in SHOWN:
        told += [f"## {shown.about}", _block(shown.command)]
        told += [_shown(file) for file in sorted(PICTURES.glob(f"{name_of(shown)}-*.png"))]
    return "\n\n".join(told) + "\n"


def chart_command(name: str) -> str:
    """Return the command that draws a chart of the study."""
    return f"chart outputs/study {name} --out outputs/charts"


def _file(name: str) -> str:
    """Return a file that a page shows."""
    text = (ROOT / FILES[name]).read_text("utf-8")
    return text.partition(f'```csv title="{name}"\n')[2].partition("```")[0]


def _run(command: str, here: Path) -> None:
    program = str(Path(sys.executable).parent / "cordiale")
    typed = [program, *shlex.split(command)]
    done = subprocess.run(typed, cwd=here, env=os.environ | {"COLUMNS": "120"}, capture_output=True, text=True)
    print(f"{done.returncode} cordiale {command}", flush=True)
    if done.returncode:
        raise SystemExit(done.stderr)


def _keep(file: Path, name: str) -> None:
    """Keep a picture with fewer colours, and its alternative text in it."""
    with Image.open(file) as drawn:
        about = PngInfo()
        about.add_text("Description", str(drawn.text["Description"]))  # type: ignore[attr-defined]
        drawn.convert("RGB").quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True, pnginfo=about)


def _block(command: str) -> str:
    return f"```sh\ncordiale {command}\n```"


def _shown(file: Path) -> str:
    """Return a picture as the page shows it, with its alternative text."""
    with Image.open(file) as drawn:
        alt = str(drawn.text["Description"]).replace("\n", " ")  # type: ignore[attr-defined]
    return f"![{alt}](figures/gallery/{file.name})\n\n*{alt}*"


if __name__ == "__main__":
    main()
