"""Where packs and scenarios lie, and what they are called.

Data is looked for in the working directory first (`agents/`, `scenarios/`), then in the data that
cordiale ships: beside the code in a wheel, in the repository's root in a clone.
"""

from __future__ import annotations

from pathlib import Path

from cordiale.errors import FileError

HERE = Path(__file__).parent


def roots() -> list[Path]:
    """Return the folders that may hold `agents/` and `scenarios/`, the nearest first."""
    shipped = HERE / "data"
    if not shipped.is_dir():
        repository = HERE.parent.parent
        shipped = repository if (repository / "pyproject.toml").is_file() else shipped
    return [Path.cwd(), shipped] if Path.cwd() != shipped else [shipped]


def pack_names() -> list[str]:
    """Return the names of the packs that can be found, sorted."""
    return sorted({path.parent.name for root in roots() for path in root.glob("agents/*/case.yaml")})


def scenario_names(pack: str) -> list[str]:
    """Return the names of a pack's scenarios, `baseline` first."""
    found = [path for root in roots() for path in root.glob(f"scenarios/{pack}/*.yaml")]
    names = {path.stem for path in found if path.is_file()} - {"claims"}
    return sorted(names, key=lambda name: (name != "baseline", name))


def is_file(path: Path) -> bool:
    """Return whether a path is a file; False for a path that cannot be one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def check_stays(path: Path, where: str) -> None:
    """Raise FileError for a link that leads out of the folder it lies in."""
    if path.is_symlink() and path.exists() and path.parent.resolve() not in path.resolve().parents:
        raise FileError(path, None, None, f"is a link that leads out of {where}")


def is_plain(text: str) -> bool:
    """Return whether a name is one of letters, digits, `_` and `-` alone, and so no path."""
    return text.replace("_", "").replace("-", "").isalnum()
