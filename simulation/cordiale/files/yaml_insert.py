"""Put entries into a YAML file as it stands: its comments, its order and its line ends stay."""

from __future__ import annotations

from collections.abc import Sequence

from cordiale.files.yaml_file import BREAK, Document, Key


class Text:
    """The text of a document, in which entries can be put; places are those of the document as it was read.

    Parameters
    ----------
    document : read from a file
    """

    def __init__(self, document: Document) -> None:
        self._document, self._whole = document, document.text
        ends = [found.end() for found in BREAK.finditer(self._whole)]
        self._starts = [0, *ends]
        self._break = found[0] if (found := BREAK.search(self._whole)) else "\n"
        self._new: list[tuple[int, str]] = []

    def append(self, path: tuple[Key, ...], words: Sequence[str], remark: str | None = None) -> None:
        """Put plain words at the end of a list of words.

        Parameters
        ----------
        remark : a comment before them, which then begin a line of their own
        """
        listed = self._document_list(path)
        margin = " " * (self._document.place(path, of_key=True)[1] + 1)
        if self._is_flow(path):
            opening = f"{self._break}{margin}# {remark}{self._break}{margin}" if remark else " "
            put = ("," if listed else "") + (opening if listed or remark else "") + ", ".join(words)
            self._new.append((self._after_word((*path, len(listed) - 1)) if listed else self._at(path) + 1, put))
            return
        line = self._document.place((*path, len(listed) - 1))[0]
        dash = self._line(line).partition("-")[0]
        lines = [f"{dash}# {remark}"] if remark else []
        self._put_lines(line + 1, [*lines, *(f"{dash}- {word}" for word in words)])

    def prepend(self, path: tuple[Key, ...], entries: Sequence[str]) -> None:
        """Put entries in front of those of a list, or of a mapping: "name: {...}"; the key is made where there is none.

        Parameters
        ----------
        entries : in flow style, so that they can stand in either
        """
        value = self._document.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        mapping = isinstance(value, dict)
        if value is None:
            head = "" if self._whole.endswith(("\n", "\r")) else self._break
            lines = [f"{path[-1]}:", *(f"  {_dashed(each, _is_entry(each))}" for each in entries)]
            self._new.append((len(self._whole), head + self._break.join(lines) + self._break))
        elif self._is_flow(path):
            tail = ", " if value else ""
            self._new.append((self._at(path) + 1, ", ".join(entries) + tail))
        else:
            first = (*path, next(iter(value))) if mapping else (*path, 0)
            line = self._document.place(first, of_key=mapping)[0]
            text = self._line(line)
            margin = text[: len(text) - len(text.lstrip())]
            self._put_lines(line, [margin + _dashed(each, mapping) for each in entries])

    @property
    def text(self) -> str:
        """The text with all that was put into it."""
        text = self._whole
        for at, put in sorted(self._new, key=lambda new: new[0], reverse=True):
            text = text[:at] + put + text[at:]
        return text

    def _document_list(self, path: tuple[Key, ...]) -> list[object]:
        value = self._document.data
        for key in path:
            value = value[key]
        return list(value)

    def _at(self, path: tuple[Key, ...]) -> int:
        line, column = self._document.place(path)
        return self._starts[line - 1] + column - 1

    def _is_flow(self, path: tuple[Key, ...]) -> bool:
        return self._whole[self._at(path)] in "[{"

    def _after_word(self, path: tuple[Key, ...]) -> int:
        """Return where a plain or quoted word ends."""
        at, word = self._at(path), str(self._document_list(path[:-1])[int(path[-1])])
        return at + len(word) + (2 if self._whole[at] in "\"'" else 0)

    def _line(self, line: int) -> str:
        return self._whole[self._starts[line - 1] :].splitlines()[0]

    def _put_lines(self, line: int, lines: Sequence[str]) -> None:
        """Put lines before a line, counted from 1."""
        at = self._starts[line - 1] if line <= len(self._starts) else len(self._whole)
        missing = self._break if at and self._whole[at - 1] not in "\r\n" else ""
        self._new.append((at, missing + "".join(each + self._break for each in lines)))


def _dashed(entry: str, mapping: bool) -> str:
    return entry if mapping else f"- {entry}"


def _is_entry(entry: str) -> bool:
    return not entry.startswith("{")
