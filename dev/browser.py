"""Chromium for the browser tests and the pictures: finding it, installing it where that is allowed, driving it."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from dev.paths import run_folder
from dev.process import Child
from dev.say import Problem, step, warn

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HOW = "Install Chromium (Debian and Ubuntu: apt-get install chromium), or set CHROME to a browser's path."
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


def find() -> str | None:
    """The path of a browser on this machine."""
    named = os.environ.get("CHROME")
    if named and not shutil.which(named):
        warn(f"CHROME={named} is no program")
    return next(filter(None, map(shutil.which, [*([named] if named else []), *NAMES])), None)


def find_or_install() -> str | None:
    """The path of a browser; root on Debian installs it. None, with the reason said, when there is none."""
    found = find()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with step("installing Chromium for the browser tests"):
            for command in (["apt-get", "-q", "update"], ["apt-get", "-q", "install", "-y", "chromium"]):
                environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
                subprocess.run(command, check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        found = find()
    if not found:
        warn(f"No Chromium: the browser tests are skipped. {HOW}")
    return found


class Browser:
    """A headless Chromium with one page, driven over its debugging protocol.

    ``console`` collects the errors that the page writes, so that a test can demand that there are none.
    """

    def __init__(self, *, width: int = 1366, height: int = 900, language: str = "en-US") -> None:
        self.size = (width, height)
        self.language = language
        self.console: list[str] = []
        self.child: Child | None = None
        self._numbers = itertools.count(1)
        self._socket: Any = None
        self._profile: str | None = None

    def __enter__(self) -> Browser:
        program = find()
        if not program:
            raise Problem(f"No Chromium. {HOW}")
        self._profile = tempfile.mkdtemp(prefix="ecom-browser-")
        log = run_folder() / "logs" / f"browser-{os.getpid()}-{time.monotonic_ns()}.log"
        size = f"--window-size={self.size[0]},{self.size[1]}"
        options = [*OPTIONS, size, f"--lang={self.language}", f"--user-data-dir={self._profile}", "about:blank"]
        self.child = Child([program, *options], log)
        try:
            self._connect(Path(self._profile) / "DevToolsActivePort")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its profile."""
        if self._socket:
            self._socket.close()
        if self.child:
            self.child.kill()
        if self._profile:
            shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, url: str) -> None:
        """Go to an address and wait until the page is loaded."""
        self.send("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def log_in(self, url: str, login: str = "admin", password: str = "admin", path: str = "/odoo") -> None:
        """Log in to an Odoo server through its form and wait until the web client stands."""
        self.open(f"{url}/web/login?redirect={path}")
        self.fill("input[name=login]", login)
        self.fill("input[name=password]", password)
        self.evaluate("document.querySelector('form.oe_login_form').submit()")
        self.wait_for("document.querySelector('.o_web_client .o_main_navbar') !== null", patience=60)

    def fill(self, selector: str, text: str) -> None:
        """Put text in a field of the page."""
        self.wait_for_element(selector)
        field = f"document.querySelector({json.dumps(selector)})"
        event = "dispatchEvent(new Event('input', {bubbles: true}))"
        self.evaluate(
            f"{field}.value = {json.dumps(text)}; {field}.{event}; {field}.{event.replace('input', 'change')}"
        )

    def click(self, selector: str) -> None:
        """Click an element, waiting for it."""
        self.wait_for_element(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def text(self, selector: str = "body") -> str:
        """The visible text of an element, waiting for it."""
        self.wait_for_element(selector)
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText"))

    def wait_for_element(self, selector: str, patience: float = 60.0) -> None:
        """Wait until the page has an element (seconds)."""
        self.wait_for(f"document.querySelector({json.dumps(selector)}) !== null", patience)

    def wait_for(self, condition: str, patience: float = 60.0) -> None:
        """Wait until a JavaScript expression is true (seconds)."""
        started = time.monotonic()
        while (took := time.monotonic() - started) < patience:
            if self.evaluate(f"Boolean({condition})", forgiving=True):
                return
            time.sleep(min(0.02 + took / 8, 0.2))
        raise AssertionError(f"after {patience:.0f} s the page still does not fulfil: {condition}; {self.console}")

    def evaluate(self, expression: str, *, forgiving: bool = False) -> Any:
        """The value of a JavaScript expression on the page; promises are awaited."""
        answer = self.send(
            "Runtime.evaluate", forgiving=forgiving, expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer and not forgiving:
            raise AssertionError(f"{expression}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer.get("result", {}).get("value")

    def screenshot(self, file: Path) -> Path:
        """Save a picture of the page as PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
        return file

    def send(self, method: str, *, forgiving: bool = False, **parameters: Any) -> dict[str, Any]:
        """Send one command of the debugging protocol and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message and not forgiving:
                    raise AssertionError(f"{method}: {message['error']['message']}")
                return dict(message.get("result") or {})
            self._note(message)

    def _note(self, event: dict[str, Any]) -> None:
        """Keep the errors among the page's events."""
        details = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            thrown = details["exceptionDetails"]
            self.console.append(thrown.get("exception", {}).get("description") or thrown["text"])
        elif event["method"] == "Runtime.consoleAPICalled" and details["type"] in ("error", "assert"):
            said = [str(part.get("value", part.get("description", ""))) for part in details["args"]]
            self.console.append(" ".join(said))
        elif event["method"] == "Log.entryAdded" and details["entry"]["level"] == "error":
            url = details["entry"].get("url", "")
            if not url.endswith("/favicon.ico"):  # a page without an icon, such as a report: the browser asks by itself
                self.console.append(f"{details['entry']['text']} {url}".strip())

    def _connect(self, port_file: Path) -> None:
        import websocket  # a wheel of the environment; finding a browser does without

        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if port_file.is_file() and port_file.read_text().strip():
                break
            time.sleep(0.05)
        else:
            raise Problem(f"Chromium did not start:\n{self.child.last_words() if self.child else ''}")
        address = f"http://127.0.0.1:{port_file.read_text().split()[0]}/json/list"
        while time.monotonic() < deadline:
            with urllib.request.urlopen(address, timeout=10) as answer:
                pages = [page for page in json.load(answer) if page["type"] == "page"]
            if pages:
                break
            time.sleep(0.05)
        self._socket = websocket.create_connection(pages[0]["webSocketDebuggerUrl"], timeout=120)
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")
