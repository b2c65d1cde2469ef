"""Files that appear whole or not at all, never in place of a file of the user's; the mark of those made here."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cordiale.files.errors import OptionError, StudyError, short, shown
from cordiale.files.file_list import Written, remove_empty, result_of
from cordiale.files.memory import FEW_FILES, lacks_files
from cordiale.files.stop import held
from cordiale.files.temporary import DRAFT, beside, made, remove_leftovers

LONGEST_NAME = 230  # bytes: what file systems hold, less what is put around it while it is unfinished
LONGEST_PART = 255  # bytes of a name in a path, where file systems end
UNUSABLE = {errno.ENAMETOOLONG: "is too long for the file system", errno.ELOOP: "leads in a circle of links"}
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*::)*[a-z][a-z0-9+.-]*://|(file|https?|s3|ftp|memory):", re.IGNORECASE)
Writer = Callable[[Path], object]
Check = Callable[[], object]


def user_path(place: Path | str) -> Path:
    """Return a path as the user means it: "~" is the home folder, also where no shell has seen it.

    Raises OptionError for an empty one, and for an address, at which nothing but a study can lie.
    """
    if not os.fspath(place):
        raise OptionError("an empty place is given: name one, or leave the option out")
    if _ADDRESS.match(os.fspath(place)):
        raise OptionError(
            f"{short(os.fspath(place))}: only a study, of `cordiale run`, can lie at an address like PROTOCOL://"
        )
    path = Path(place)
    with suppress(RuntimeError):  # a user who has no home
        path = path.expanduser()
    return Path(os.path.relpath(os.path.realpath(path))) if ".." in path.parts else path


def check_name(path: Path) -> None:
    """Raise StudyError where nothing can be called so, or where it could only be the working folder or one above it."""
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise StudyError(f"{shown(path)} is not UTF-8: choose another name with --out") from None
    if path.name in ("", "..") or not path.name.isprintable() or len(path.name.encode()) > LONGEST_NAME:
        raise StudyError(f"{short(str(path))} cannot be the name of a file or a folder of results: choose another")
    if any(len(part.encode()) > LONGEST_PART for part in path.parts):  # the system says so only below what exists
        _refuse(path, errno.ENAMETOOLONG)
    try:
        os.lstat(path / ("x" * LONGEST_PART))  # as long as what will lie in it, or beside it
    except OSError as error:
        _refuse(path, error.errno)


def _refuse(path: Path, number: int | None) -> None:
    """Raise StudyError where the system finds that a path cannot be one."""
    if number in UNUSABLE:
        raise StudyError(f"{short(str(path))} {UNUSABLE[number]}: choose another place with --out")


def check_links(folder: Path, *paths: Path) -> None:
    """Raise StudyError where a folder between this one and a path below it is a link that leads out of it."""
    inside = folder.resolve()
    for path in paths:
        below = path.absolute().relative_to(folder.absolute()).parents
        for parent in (folder / each for each in below[:-1]):
            if parent.is_symlink() and not parent.resolve().is_relative_to(inside):
                raise StudyError(f"{shown(parent)} is a link that leads out of {shown(folder)}: move it away")


def check_files(paths: Sequence[Path], replace: bool, known: bool = False, own: Path | None = None) -> None:
    """Raise StudyError where a file may not be written: the one rule for every file that is given to a user.

    A file that was written as a result's own is written over as such alone, as long as nobody changed it. Elsewhere
    a file that cordiale wrote, which is known by its mark, is written over with `replace`. Any other file, a folder,
    a pipe and a link are never written over.

    Parameters
    ----------
    known : whether the caller knows that the files are cordiale's: those of a kind that has no mark
    own : the folder of results whose own files these are, such as its charts
    """
    for path in paths:
        check_name(path)
        if not os.path.lexists(path):
            continue
        if path.is_symlink():
            raise StudyError(f"{shown(path)} is a link, and nothing is written through one: choose another file")
        result = result_of(path)
        if path.is_dir():
            raise StudyError(in_the_way(path) if result else f"{shown(path)} is a folder: name a file with --out")
        if not path.is_file():  # a pipe would be waited for
            raise StudyError(f"{shown(path)} is neither a file nor a folder: choose another place with --out")
        if result and _is(result, own):
            ours = Written(result).unchanged(path)
        elif result and Written(result).has(path) and not has_mark(path):
            raise StudyError(f"{shown(path)} is a file of the result in {shown(result)}: choose another with --out")
        elif not replace:
            raise StudyError(f"{shown(path)} exists: choose another place with --out, or add --replace")
        else:
            ours = known or has_mark(path)
        if not ours:
            raise StudyError(
                f"{shown(path)} was not written by cordiale, or was changed since, so it is left alone: move it away"
            )


def write_files(
    folder: Path, writers: Mapping[str, Writer], replace: bool = False, known: bool = False, own: Path | None = None,
    still: Check | None = None,
) -> list[Path]:  # fmt: skip
    """Write files into a folder, all of them or none, each whole or not at all, and return their paths.

    Parameters
    ----------
    writers : name of a file, or path below the folder -> what writes it, given a path
    replace, known, own : which files that lie there already may go, see `check_files`
    still : raises where what they tell of has gone meanwhile: called before anything is written, and before they
        get their names

    Raises
    ------
    StudyError where a file is in the way or the folder cannot be written, and what `still` raises
    """
    targets = [folder / name for name in writers]
    if still is not None:
        still()
    check_files(targets, replace, known, own)
    result = result_of(folder / "any")
    check_links(result or folder, *targets)
    new_folders = [parent for path in targets for parent in missing_parents(path)]
    listed = Written(result) if result is not None else None
    drafts, olds = [beside(path) for path in targets], [beside(path) for path in targets]
    try:
        if listed is not None:
            listed.add(*drafts, *olds)  # if this process is killed, they and their folders are known as ours
        for path in targets:
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(path)
        with made(drafts):
            for draft, path, write in zip(drafts, targets, writers.values(), strict=True):
                write(draft)
                if not (result and _is(result, own)):
                    mark(draft, path.suffix)
                sync(draft)
            there = [path for path in targets if os.path.lexists(path)]
            check_files(there, replace, known, own)  # again: somebody may have made one meanwhile
            with held():
                if still is not None:
                    still()
                _name_all(drafts, targets, olds, there, listed)
        for parent in {path.parent for path in targets}:
            sync_folder(parent)
    except OSError as error:
        remove_empty(new_folders)
        place, why = shown(targets[0] if len(targets) == 1 else folder), reason(error)
        raise StudyError(why if why.startswith(f"{place} ") else f"{place}: {why}") from None
    except BaseException:
        remove_empty(new_folders)
        raise
    return targets


def write_text(
    path: Path, text: str, replace: bool = False, known: bool = False, own: Path | None = None,
    still: Check | None = None,
) -> Path:  # fmt: skip
    """Write a text as `write_files` does, and return its path."""
    return write_bytes(path, text.encode(), replace, known, own, still)


def write_bytes(
    path: Path, content: bytes, replace: bool = False, known: bool = False, own: Path | None = None,
    still: Check | None = None,
) -> Path:  # fmt: skip
    """Write the content of a file as `write_files` does, and return its path."""
    return write_files(path.parent, {path.name: lambda draft: draft.write_bytes(content)}, replace, known, own, still)[
        0
    ]


def write_user_files(texts: Mapping[Path, str], edited: Collection[Path] = (), still: Check | None = None) -> None:
    """Write files that will be the user's own: all of them or none, each whole or not at all, in their order.

    Parameters
    ----------
    texts : file -> what it will hold; the folders are there
    edited : which of them exist, and are changed; they keep their rights, and a link stays a link
    still : raises where one of these is no longer what was read: called before files get their names

    Raises
    ------
    StudyError where a file cannot be written, or one that is new was made by somebody else meanwhile; what `still`
    raises
    """
    targets = [path.resolve() if path in edited else path for path in texts]
    there = [path.resolve() for path in edited]
    drafts, olds = [beside(path) for path in targets], [beside(path) for path in targets]
    try:
        for path in targets:
            remove_leftovers(path)
        with made(drafts):
            for draft, path, text in zip(drafts, targets, texts.values(), strict=True):
                draft.write_bytes(text.encode())
                sync(draft)
                if path in there:
                    draft.chmod(path.stat().st_mode & 0o777)
            with held():
                if still is not None:
                    still()
                _name(drafts, targets, olds, there)
        for parent in {path.parent for path in targets}:
            sync_folder(parent)
    except OSError as error:
        named = Path(next((each for each in (error.filename2, error.filename) if each), targets[0]))
        found = DRAFT.fullmatch(named.name)
        told = named.with_name(found["name"]) if found else named
        raise StudyError(f"{shown(Path(os.path.relpath(told)))}: {reason(error)}") from None


def _is(result: Path, own: Path | None) -> bool:
    return own is not None and result == own.absolute()


def _name_all(
    drafts: Sequence[Path], targets: Sequence[Path], olds: Sequence[Path], there: Sequence[Path], listed: Written | None
) -> None:
    """Give drafts their names, and list them before: what a kill leaves is known, and what is edited then is too."""
    if listed is None:
        return _name(drafts, targets, olds, there)
    listed.announce(dict(zip(targets, drafts, strict=True)))
    try:
        _name(drafts, targets, olds, there)
    except BaseException:
        listed.add(*there, sealed=True)
        raise
    listed.add(*targets, sealed=True)


def _name(drafts: Sequence[Path], targets: Sequence[Path], olds: Sequence[Path], there: Sequence[Path]) -> None:
    """Give drafts their names, all or none; what was there when it was checked is written over.

    Parameters
    ----------
    olds : under which names what was there is kept until all is done
    """
    named: list[tuple[Path, Path | None]] = []
    try:
        for draft, path, old in zip(drafts, targets, olds, strict=True):
            if path not in there:
                _name_new(draft, path)
                named.append((path, None))
                continue
            try:
                os.link(path, old)
            except OSError:  # a file system without links
                shutil.copy2(path, old)
            named.append((path, old))
            draft.replace(path)
    except BaseException:
        for path, before in reversed(named):
            path.unlink() if before is None else before.replace(path)
            if before is not None:
                before.unlink(missing_ok=True)  # two names of one file, of which a rename takes none away
        raise
    for _, before in named:
        if before is not None:
            before.unlink()


def _name_new(draft: Path, path: Path) -> None:
    """Give a draft its name; a file that appears in this instant is not written over."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise StudyError(f"{shown(path)} was made by somebody else meanwhile: choose another place") from None
    except OSError:  # a file system without links
        draft.rename(path)


# ---------------------------------------------------------------- what does not outlive a fault


def reason(error: OSError) -> str:
    """Return in words why something cannot be written, and what is in the way where something is."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if lacks_files(error):
        return FEW_FILES
    name = error.filename2 or error.filename
    if error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST) and isinstance(name, str | os.PathLike):
        path = Path(name)
        there = next((each for each in (path, *path.parents) if os.path.lexists(each)), path)
        return in_the_way(there)
    return f"cannot be written: {error.strerror or error}"


def in_the_way(path: Path) -> str:
    """Return what to do about a folder in the place of a file, a file in that of a folder, or a link to nothing."""
    if path.is_symlink() and not path.exists():
        return f"{shown(path)} is a link that leads nowhere: move it away, and try again"
    is_, needed = ("folder", "file") if path.is_dir() else ("file", "folder")
    return f"{shown(path)} is a {is_}, where a {needed} is needed: move it away, and try again"


def missing_parents(path: Path) -> list[Path]:
    """Return the folders above a path that do not exist yet, the nearest first."""
    return [parent for parent in path.parents if not parent.exists()]


# ---------------------------------------------------------------- on the disk, and known again


def write_durably(path: Path, data: bytes) -> str:
    """Write a file of our own that appears whole or not at all, also if the power goes; return its hash."""
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can say so."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def hash_of_all(hashes: Sequence[str]) -> str:
    """Return one hash of several, in their order."""
    return "sha256:" + hashlib.sha256("\n".join(hashes).encode()).hexdigest()


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
