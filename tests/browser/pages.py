"""Pages that may talk to this machine only, and may not complain on the console."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, WebSocket

AT_HOME = r"(https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])[:/]|(file|data|blob|about):"
FOREIGN = re.compile(rf"^(?!{AT_HOME})")


class Watch:
    """Stops and records every request of a context that leaves the machine, and every error.

    The pattern is matched inside the browser's driver, so requests at home lose no time. Web
    sockets cannot be stopped without replacing WebSocket in the page; they are recorded, and
    Chromium resolves no foreign name for them (see chromium.FLAGS).
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.route(FOREIGN, self._refuse)
        context.on("page", lambda page: page.on("websocket", self._note_socket))
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.errors.append(f"uncaught: {error.error}"))

    @property
    def faults(self) -> list[str]:
        """All that a test must not leave behind."""
        return [f"request to {url}" for url in self.foreign] + self.errors

    def new_page(self) -> Page:
        return self.context.new_page()

    def _refuse(self, route: Route) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def _note_socket(self, socket: WebSocket) -> None:
        if FOREIGN.match(socket.url):
            self.foreign.append(socket.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text} ({message.location['url']})")
