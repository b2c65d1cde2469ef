"""The mark of a single file: a comment at its end that says who wrote it, with the hash of all else in it.

Nobody writes such a comment by accident, and a file that was changed since no longer fits it. Files in a folder of
results need none: the folder lists them (`files/file_list.py`).
"""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

SAYS = "made by cordiale; sha256 of the rest: {}"
COMMENTS = {".yaml": "# {}", ".yml": "# {}", ".tex": "% {}"}  # any other text: as in HTML, Markdown and SVG
UNMARKED = (".json", ".csv", ".parquet", ".dta")  # which have no comments
PNG = b"\x89PNG\r\n\x1a\n"
PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


def mark(path: Path, suffix: str) -> None:
    """Write the mark into a file that is whole.

    Parameters
    ----------
    suffix : of the name that the file will have; some kinds of file get none
    """
    if suffix.lower() not in UNMARKED:
        path.write_bytes(_marked(path.read_bytes(), suffix))


def has_mark(path: Path) -> bool:
    """Return whether a file is one that cordiale wrote, and that nobody changed since."""
    data = path.read_bytes()
    before, end = (PNG, PNG_END) if data.startswith(PNG) else (b"", b"")
    mark = len(_marked(before + end, path.suffix)) - len(before + end)
    rest = data[: len(data) - len(end) - mark] + end
    return path.suffix.lower() not in UNMARKED and data == _marked(rest, path.suffix)


def _marked(data: bytes, suffix: str) -> bytes:
    says = SAYS.format(hashlib.sha256(data).hexdigest()).encode()
    if data.startswith(PNG):
        text = b"tEXtComment\0" + says
        chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
        return data.removesuffix(PNG_END) + chunk + PNG_END
    return data + b"\n" + COMMENTS.get(suffix.lower(), "<!-- {} -->").encode().replace(b"{}", says) + b"\n"
