"""What all simulated gateways have alike: an address, and controls that take one object or a list of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from werkzeug.wrappers import Request, Response

from .control import answer, read_json
from .store import Doc

if TYPE_CHECKING:
    from .server import Sandbox

Control = Callable[[Mapping[str, Any]], Any]


class Quiet(Protocol):
    """What tells of events, and can be told to keep still."""

    quiet: bool


class Settled(Protocol):
    """What has settings."""

    settings: Doc


class GatewaySite(ABC):
    """One account at a gateway: its API below ``/<name>/``, its control below ``/sandbox/<name>/``."""

    name: str
    DEFAULTS: ClassVar[Mapping[str, Any]]
    events: Quiet
    ledger: Settled

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    @abstractmethod
    def answer(self, request: Request, path: str) -> Response:
        """Answer a call of the API."""

    @abstractmethod
    def controls(self) -> Mapping[str, Control]:
        """What can be made to happen."""

    @abstractmethod
    def shown(self, doc: Doc) -> Doc:
        """A document as the API shows it."""

    @abstractmethod
    def reset(self) -> None:
        """Begin anew."""

    def owns(self, path: str) -> bool:
        return path.startswith(f"/{self.name}/")

    def handle(self, request: Request) -> Response:
        with self.sandbox.store.transaction():
            return self.answer(request, request.path.removeprefix(f"/{self.name}/"))

    def control(self, request: Request, action: str) -> Response | None:
        site, _slash, name = action.partition("/")
        control = {"settings": self._settings, **self.controls()}.get(name)
        if site != self.name or request.method != "POST" or control is None:
            return None
        values = read_json(request)
        with self.sandbox.store.transaction():
            made = [control(one) for one in (values if isinstance(values, list) else [values])]
        told = [self.shown(one) if isinstance(one, dict) else one for one in made]
        return answer(told if isinstance(values, list) else told[0])

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Tell nobody of what is made up."""
        self.events.quiet = True
        try:
            yield
        finally:
            self.events.quiet = False

    def _settings(self, values: Mapping[str, Any]) -> Doc:
        if unknown := set(values) - set(self.DEFAULTS):
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        self.ledger.settings |= values
        return dict(self.ledger.settings)
