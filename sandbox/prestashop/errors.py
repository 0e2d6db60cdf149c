"""What the webservice refuses, with the codes of its source and of recorded answers."""

from __future__ import annotations


class WsError(Exception):
    """A refusal.

    :param errors: ``(code, message)``; an answer may tell several
    """

    def __init__(self, status: int, *errors: tuple[int, str]) -> None:
        super().__init__("; ".join(message for _code, message in errors))
        self.status = status
        self.errors = errors


class PlainAnswer(Exception):
    """An answer that is no XML: what PHP says before the webservice begins, or an empty body."""

    def __init__(self, status: int, body: str = "", content_type: str = "text/html; charset=utf-8") -> None:
        super().__init__(body)
        self.status = status
        self.body = body
        self.content_type = content_type


def quoted(names: object) -> str:
    """``"a", "b"`` as the webservice lists what would have been right."""
    return ", ".join(f'"{name}"' for name in names)  # type: ignore[attr-defined]
