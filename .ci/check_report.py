"""Open a report in Chromium and check it: ``python .ci/check_report.py report.html``.

No console message, no request beyond the page itself, every picture drawn; one language shows at a time and the
switch works without a reload; nothing sticks out of a phone's screen; the page prints.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

LANGUAGES = ("en", "nl")
PHONE, DESK = 390, 1280

SHOWN = """
[...document.querySelectorAll('[lang="%s"]')].filter(e => e !== document.documentElement && e.checkVisibility()).length
"""
HEADLINE = "document.querySelector('#answer h2').innerText.trim()"
UNDRAWN = """
[...document.images].filter(i => i.checkVisibility() && !(i.complete && i.naturalWidth > 0)).length
"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Page:
    """A tab of the browser, over its debugging protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._last = socket, 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer; what happens meanwhile is kept."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get("id") == self._last:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return dict(message["result"])
            self.events.append(message)

    def value(self, expression: str) -> Any:
        """Evaluate an expression of the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def width(self, pixels: int) -> None:
        """Give the window a width, as a phone has one."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=800, deviceScaleFactor=1, mobile=pixels < 600
        )

    def happened(self, *methods: str) -> Iterator[dict[str, Any]]:
        """Events of these kinds."""
        return (event["params"] for event in self.events if event["method"] in methods)


@contextmanager
def browser() -> Iterator[Page]:
    """Start a browser without a window and hand over its tab."""
    program = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
    )
    if program is None:
        sys.exit("No Chromium found; name one in the variable CHROMIUM.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            [program, *options, "--remote-debugging-port=0", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_address(Path(profile)), max_size=None) as socket:
                yield Page(socket)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _address(profile: Path, seconds: float = 60.0) -> str:
    """Address of the first tab, once the browser has written its port."""
    until = time.monotonic() + seconds
    written = profile / "DevToolsActivePort"
    while time.monotonic() < until:
        if written.exists() and written.read_text():
            port = written.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            if tabs:
                return str(tabs[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    sys.exit("Chromium did not start.")


def problems(page: Page, address: str) -> Iterator[str]:
    """Everything that is wrong with the report."""
    for domain in ("Page", "Runtime", "Log", "Network"):
        page.call(f"{domain}.enable")
    page.call("Page.navigate", url=address)
    until = time.monotonic() + 60.0
    while page.value("document.readyState") != "complete" and time.monotonic() < until:
        time.sleep(0.1)
    page.value("window.unchanged = true")
    headlines = []
    for language in LANGUAGES:
        other = next(code for code in LANGUAGES if code != language)
        page.value(f"document.querySelector('label[for=show-{language}]').click()")
        if not page.value(SHOWN % language):
            yield f"nothing is shown in {language}"
        if hidden := page.value(SHOWN % other):
            yield f"{hidden} elements in {other} are shown beside {language}"
        headlines.append(page.value(HEADLINE))
        for pixels in (DESK, PHONE):
            page.width(pixels)
            page.call("Page.captureScreenshot")
            if undrawn := page.value(UNDRAWN):
                yield f"{undrawn} pictures are not drawn ({language}, {pixels} pixels wide)"
            if (wide := page.value(TOO_WIDE)) > 0:
                yield f"the page is {wide} pixels wider than the screen ({language}, {pixels} pixels wide)"
    if len(set(headlines)) != len(LANGUAGES) or not all(headlines):
        yield f"the headline does not follow the language: {headlines}"
    if not page.value("window.unchanged === true"):
        yield "the language switch reloads the page"
    if len(base64.b64decode(page.call("Page.printToPDF")["data"])) < 10_000:
        yield "the page does not print"
    yield from _noise(page, address)


def _noise(page: Page, address: str) -> Iterator[str]:
    for event in page.happened("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
        yield f"console: {json.dumps(event)[:300]}"
    for event in page.happened("Network.requestWillBeSent"):
        url = event["request"]["url"]
        if url != address and not url.startswith("data:"):
            yield f"request: {url[:200]}"


def main() -> None:
    """Check the report that is named on the command line."""
    report = Path(sys.argv[1]).resolve()
    with browser() as page:
        found = list(problems(page, report.as_uri()))
    for problem in found:
        print(problem)
    if found:
        sys.exit(1)
    print(f"{report.name}: no console message, no request, both languages, on a phone and in print")


if __name__ == "__main__":
    main()
