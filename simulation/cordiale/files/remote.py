"""Studies in a bucket or on another file system, by an fsspec address such as s3://bucket/study; the extra `cluster`.

A study is run here, beside its journal, and laid there when it is whole: its manifest last, so that a study
whose upload was broken off is no study. It is read in place, a part and a measure at a time.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from cordiale.files.errors import OptionError, StudyError, UserError
from cordiale.files.extras import require
from cordiale.files.file_list import ANY, LIST, MANIFEST, Written, kind_of

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*::)*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HERE = ("file", "local")  # protocols of this machine's own folders, which have no host


def is_remote(place: object) -> bool:
    """Return whether a place is an address and not a path."""
    return isinstance(place, str) and bool(_ADDRESS.match(place))


def remote(address: str) -> Any:
    """Return an address as a path that reads and writes as pathlib's do.

    Raises OptionError where the extra, or the package of a protocol, is missing, and where nobody answers there.
    """
    if "::" in address:  # as simplecache::s3://, which would write into a cache
        raise OptionError(f"{address}: a study lies at an address of one protocol alone: leave out '::' and the other")
    protocol, _, rest = address.partition("://")
    protocol = protocol.lower()
    if protocol in _HERE and not rest.startswith("/"):
        below = rest.partition("/")[2]
        raise OptionError(f"{address}: no host stands in the address of a folder here: write {protocol}:///{below}")
    require("upath", "cluster", f"{address}: an address")
    from upath import UPath

    try:
        path = UPath(f"{protocol}://{rest}")
        path.fs  # noqa: B018  (loads the protocol's package)
    except Exception as error:  # whatever a protocol's package raises
        raise OptionError(f"{address}: {_words(error)}") from None
    return path


class RemotePlace:
    """Where a study is to lie at an address, and what lay there when the work began; use `remote_place`.

    Attributes
    ----------
    begun : a study that is whole here and was to be laid there, what of it lies there already may go; None without one
    """

    def __init__(self, address: str, replace: bool, begun: Path | None) -> None:
        self.target, self.begun = remote(address), begun
        self._seal: bytes | None = None
        self._new = not self.target.exists()
        if self._new:
            return
        if not replace:
            raise StudyError(f"{address}: exists: choose another address with --out, or add --replace")
        self._seal = self._manifest()
        if kind_of(self.target) != "study" and (begun is None or self._seal is not None):
            raise StudyError(f"{address}: is no study of cordiale's, so --replace leaves it alone")
        if foreign := [name for name, ours in self._files().items() if not ours]:
            raise StudyError(
                f"{address} holds what cordiale did not write ({', '.join(foreign[:3])}), so it is left alone: "
                "move that away, or choose another address with --out"
            )

    def upload(self, folder: Path, again: str) -> None:
        """Lay a study at the target, its manifest last, and take it away here.

        Parameters
        ----------
        again : how what was broken off is mended

        Raises StudyError, with the study still here, where the target cannot be written, or was changed meanwhile.
        """
        here = f"the study is whole in {folder}: {again}"
        try:
            self._clear(here)
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            files.sort(key=lambda path: path.name == MANIFEST and path.parent == folder)
            for path in files:
                to = self.target / path.relative_to(folder).as_posix()
                to.parent.mkdir(parents=True, exist_ok=True)
                to.fs.put_file(str(path), to.path)
        except UserError:
            raise
        except Exception as error:
            raise StudyError(f"{self.target}: cannot be written: {_words(error)}; {here}") from None
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"stopped; {self.target} may be half-written, and {here}") from None
        Written(folder).remove()

    def _clear(self, here: str) -> None:
        """Remove the study that lay there at the beginning, its manifest first, and nothing else."""
        if not self.target.exists():
            return
        files = self._files()
        if self._new or self._manifest() != self._seal or not all(files.values()):
            raise StudyError(f"{self.target}: was made or changed by somebody else meanwhile; {here}")
        for name in sorted(files, key=lambda name: (name != MANIFEST, name == LIST)):  # it tells what is ours
            (self.target / name).unlink()

    def _manifest(self) -> bytes | None:
        path = self.target / MANIFEST
        return path.read_bytes() if path.exists() else None

    def _files(self) -> dict[str, bool]:
        """Return each file below the target, and whether cordiale wrote it."""
        root = self.target.path.rstrip("/") + "/"
        names = [found.partition(root)[2] for found in self.target.fs.find(self.target.path)]
        listed = self.target / LIST
        text = listed.read_text("utf-8", errors="replace") if listed.exists() else ""
        marks = {name: mark for mark, _, name in (line.partition(" ") for line in text.splitlines())}
        marks |= {LIST: ANY} if text else {}
        return {
            name: (name in marks and marks[name] in (ANY, self._hash(name, marks[name]))) or self._is_begun(name)
            for name in names
        }

    def _is_begun(self, name: str) -> bool:
        """Return whether a file at the target is that of the study that was to be laid there, or its beginning."""
        if self.begun is None or not (self.begun / name).is_file():
            return False
        return (self.begun / name).read_bytes().startswith((self.target / name).read_bytes())

    def _hash(self, name: str, mark: str) -> str:
        """Return the hash of a file at the target, which is read only where a hash is listed."""
        if mark == ANY:
            return ANY
        with (self.target / name).open("rb") as file:
            return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def remote_place(address: str, replace: bool, begun: Path | None = None) -> RemotePlace:
    """Return the place of a study at an address; `begun` as in `RemotePlace`.

    Raises StudyError where something lies there that may not go, OptionError where nobody answers there.
    """
    try:
        return RemotePlace(address, replace, begun)
    except UserError:
        raise
    except Exception as error:
        raise OptionError(f"{address}: {_words(error)}") from None


def is_laid(folder: Path, address: str) -> bool:
    """Return whether a study lies whole at an address, and a folder here holds no more than a rest of that very study.

    Raises OptionError where nobody answers there.
    """
    target, listed = remote(address), folder / LIST
    try:
        if not listed.is_file() or all((folder / name).is_file() for name in Written(folder).names):
            return False
        there = target / LIST
        return kind_of(target) == "study" and there.exists() and bool(there.read_bytes() == listed.read_bytes())
    except Exception as error:
        raise OptionError(f"{address}: {_words(error)}") from None


def _words(error: Exception) -> str:
    if isinstance(error, AttributeError | TypeError | KeyError):  # a package's own slip, whose words help nobody
        return "cannot be opened: look at the address"
    return " ".join(str(error).split())[:160] or type(error).__name__
