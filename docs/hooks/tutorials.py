"""Tutorials: notebooks stored without outputs, run in an empty directory and shown with what they gave."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import textwrap
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from text import columned

ROOT = Path(__file__).parent.parent.parent
MADE_FROM = ("simulation", "agents", "scenarios")
SECONDS = 120  # for one cell
MADE = "Every figure and number below was made when this site was built."
STYLE = re.compile(r"<style scoped>.*?</style>\n?", re.DOTALL)  # of data frames: the site has its own
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
WRITTEN = re.compile(r"```python\n%%writefile (\S+\.yaml)\n")
INDENTED = re.compile(r"(?<=\n\n)(?:    .*\n|\n(?=\n*    ))+(?=\n)")

# Dark and light pages alike have white figures; a reader's terminal is not there, so tables take this width.
ENVIRONMENT = {
    "COLUMNS": "130",
    "MPLBACKEND": "Agg",
    "TERM": "dumb",
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
}


def run(path: Path) -> Any:
    """Return a notebook with its outputs; nbclient's CellExecutionError where a cell fails."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as empty:
        client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": empty}})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the kernel's sockets, which are not ours
            client.execute(env={**os.environ, **ENVIRONMENT})
    return notebook


def kept(path: Path) -> Any:
    """Return a notebook with its outputs, from build/ where neither it nor the program has changed since."""
    import nbformat

    read = [
        path,
        *(file for part in MADE_FROM for file in sorted((ROOT / part).rglob("*")) if file.suffix in (".py", ".yaml")),
    ]
    digest = hashlib.blake2b(b"".join(file.read_bytes() for file in read), digest_size=12).hexdigest()
    cache = ROOT / "build" / "tutorials" / f"{path.stem}-{digest}.ipynb"
    if not cache.is_file():
        notebook = run(path)
        cache.parent.mkdir(parents=True, exist_ok=True)
        unfinished = cache.with_suffix(f".{os.getpid()}")
        nbformat.write(notebook, unfinished)
        unfinished.replace(cache)
    return nbformat.read(cache, as_version=4)


def page(path: Path) -> tuple[str, dict[str, bytes]]:
    """Return a notebook's page as Markdown, and its figures: name -> bytes."""
    from nbconvert import MarkdownExporter

    notebook = kept(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [] if cell.source.startswith("%%writefile") else joined(cell.outputs)
    resources = {"unique_key": path.stem, "output_files_dir": path.stem}
    text, found = MarkdownExporter().from_notebook_node(notebook, resources=resources)
    text = (
        STYLE.sub("", text)
        .replace('<table border="1" class="dataframe">', "<table>")
        .replace("![png](", "![Figure made by the code above](")
        .replace(".ipynb", ".md")
    )
    text = WRITTEN.sub(r'```yaml title="\1"\n', INDENTED.sub(_fenced, text))
    head, _, rest = text.lstrip().partition("\n")
    return f"{head}\n\n[Download this page as a notebook]({path.name}){{ download }}. {MADE}\n{rest}", dict(
        found["outputs"]
    )


def joined(outputs: list[Any]) -> list[Any]:
    """Return outputs with what was printed in one piece; what packages say of the kernel on stderr is no lesson."""
    found: list[Any] = []
    for each in outputs:
        if each.get("name") == "stderr":
            continue
        if found and each.get("name") == found[-1].get("name") == "stdout":
            found[-1].text += each.text
        else:
            found.append(each)
    for each in found:
        if each.get("name") == "stdout":
            each.text = plain(each.text)
    return found


def _fenced(found: re.Match[str]) -> str:
    """Return printed output, which nbconvert indents, in a fence of its own, so that nobody copies it as code."""
    lines = textwrap.dedent(found[0]).strip("\n")
    kind = ".text .no-copy .columns" if columned(lines) else ".text .no-copy"
    return f"\n```{{ {kind} }}\n{lines}\n```\n\n" if lines.strip() else "\n"


def plain(text: str) -> str:
    """Return what a terminal would show in the end: without colours and without bars of progress."""
    lines = ESCAPES.sub("", text.replace("\r\n", "\n")).splitlines()
    return "".join(line.rstrip() + "\n" for line in lines if "━" not in line)
