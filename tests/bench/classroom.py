"""A room of learners on a real JupyterHub, on this machine alone: `make classroom`.

Each one logs in, gets a server, opens 00-start, runs all its cells, toggles the Explorer and reads
it back from Python; then half of the kernels are killed, and their learners run all again. The hub
is the one of binder/hub, with plain processes for servers; all of it is stopped at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import nbformat
import requests
from hub import HEADERS, PASSWORD, running_hub
from websocket import WebSocket, WebSocketConnectionClosedException, create_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SECONDS = 180
HEAD = (
    "| learners | start, s: median / last | Run All of 00-start, s | server + kernel, MB each "
    "| kernel with numpy, MB | more | kernels killed | lost connections | failures |"
)


@dataclass
class Learner:
    """One person in the room, and what was measured of them."""

    name: str
    base: str
    start: float = 0.0
    run: float = 0.0
    server: int = 0
    kernel: int = 0
    faults: list[str] = field(default_factory=list)
    kernel_id: str = ""
    pid: int = 0
    reconnected: int = 0

    def log_in(self) -> None:
        """Log in as a person does, by the form; then wait for a server."""
        session = requests.Session()
        form = session.get(f"{self.base}/hub/login", timeout=SECONDS)
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', form.text)[1]
        said = {"username": self.name, "password": PASSWORD, "_xsrf": xsrf}
        answer = session.post(f"{self.base}/hub/login", data=said, timeout=SECONDS)
        answer.raise_for_status()
        if "/hub/login" in answer.url:
            raise RuntimeError("the hub refused the password")
        began = time.monotonic()
        hub = f"{self.base}/hub/api/users/{self.name}"
        asked = requests.post(f"{hub}/server", headers=HEADERS, timeout=SECONDS)
        if asked.status_code not in (201, 202, 400):  # 400: the login has started it already
            asked.raise_for_status()
        while (
            not requests.get(hub, headers=HEADERS, timeout=SECONDS)
            .json()["servers"]
            .get("", {})
            .get("ready")
        ):
            if time.monotonic() - began > SECONDS:
                raise TimeoutError(f"{self.name} has no server")
            time.sleep(0.2)
        self.start = time.monotonic() - began

    def api(self, where: str, **body: Any) -> Any:
        """Ask the learner's own Jupyter server."""
        url = f"{self.base}/user/{self.name}/api/{where}"
        answer = requests.post(url, headers=HEADERS, json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def work(self) -> None:
        """Open a kernel, run 00-start, toggle, and read the toggle back."""
        if not self.kernel_id:
            self.kernel_id = self.api("kernels", name="python3", path="notebooks")["id"]
        with self.channel(self.kernel_id) as kernel:
            began = time.monotonic()
            notebook = nbformat.read(ROOT / "notebooks" / "00-start.ipynb", as_version=4)
            explorer = ""
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    explorer = kernel.execute(cell.source).get("explorer", explorer)
            self.run = time.monotonic() - began
            kernel.toggle(explorer, design="swab")
            told = kernel.execute("print(explorer.setup.design)")["text"]
            if told.strip() != "swab":
                raise RuntimeError(f"toggled to swab, Python says {told!r}")
            self.pid = int(kernel.execute("import os; print(os.getpid())")["text"])
        self.kernel, self.server = pss(self.pid), pss(parent(self.pid))

    def empty_kernel(self) -> int:
        """Return the memory of a kernel that imported numpy and did nothing else, in kB."""
        other = self.api("kernels", name="python3", path="notebooks")["id"]
        with self.channel(other) as kernel:
            return pss(int(kernel.execute("import os, numpy; print(os.getpid())")["text"]))

    @contextmanager
    def channel(self, kernel_id: str) -> Iterator[Channel]:
        """Connect to a kernel as JupyterLab does."""
        base = self.base.replace("http", "ws", 1)
        url = f"{base}/user/{self.name}/api/kernels/{kernel_id}/channels"
        socket_ = create_connection(url, header=HEADERS, timeout=SECONDS)
        try:
            yield Channel(socket_)
        finally:
            socket_.close()

    def attempt(self, what: str) -> None:
        """Do one of the above; keep what went wrong."""
        try:
            try:
                getattr(self, what)()
            except WebSocketConnectionClosedException:  # a page would connect again, and so do we
                self.reconnected += 1
                getattr(self, what)()
        except Exception as error:  # noqa: BLE001 - whatever fails is what we are here to count
            self.faults.append(f"{self.name}, {what}: {error!r}")


class Channel:
    """Kernel messages over one web socket."""

    def __init__(self, socket_: WebSocket) -> None:
        self._socket, self._session = socket_, secrets.token_hex(8)

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        header = {"msg_id": secrets.token_hex(8), "msg_type": kind, "session": self._session}
        header |= {"username": "learner", "version": "5.4", "date": ""}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._socket.send(json.dumps(message | {"channel": "shell", "buffers": []}))
        return header["msg_id"]

    def execute(self, code: str) -> dict[str, str]:
        """Run code to its end; return what it printed, and the id of an Explorer that it made."""
        flags = {"silent": False, "store_history": True, "allow_stdin": False}
        asked = self._send("execute_request", {"code": code, "stop_on_error": True} | flags)
        found = {"text": ""}
        while True:
            kind, parent_id, content = self._receive()
            if kind == "comm_open" and "_presets" in content["data"].get("state", {}):
                found["explorer"] = content["comm_id"]
            if parent_id != asked:
                continue
            if kind == "error":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            if kind == "stream":
                found["text"] += content["text"]
            if kind == "status" and content["execution_state"] == "idle":
                return found

    def toggle(self, comm: str, **state: Any) -> None:
        """Change a widget's state, as its view in a page does."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        self._send("comm_msg", {"comm_id": comm, "data": data})

    def _receive(self) -> tuple[str, str, dict[str, Any]]:
        raw = self._socket.recv()
        if isinstance(raw, bytes):  # buffers follow: their places come first, then the message
            count = int.from_bytes(raw[:4], "big")
            places = [int.from_bytes(raw[4 + 4 * n : 8 + 4 * n], "big") for n in range(count)]
            end = places[1] if count > 1 else len(raw)
            raw = raw[places[0] : end].decode()
        message = json.loads(raw)
        return message["msg_type"], message["parent_header"].get("msg_id", ""), message["content"]


def pss(pid: int) -> int:
    """Return a process's memory in kB; pages that are shared count in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])


def classroom(count: int) -> list[str]:
    """Play one class and print its figures; return what went wrong."""
    names = [f"learner{n:02d}" for n in range(count)]
    with running_hub(names) as base, ThreadPoolExecutor(count) as room:
        learners = [Learner(name, base) for name in names]
        for what in ("log_in", "work"):
            list(room.map(lambda one, what=what: one.attempt(what), learners))
        settled = [(one.kernel, one.server) for one in learners if one.kernel]
        working = next((one for one in learners if one.kernel), None)
        empty = working.empty_kernel() if working else 0
        unlucky = [one for one in learners[::2] if one.pid]
        for one in unlucky:
            os.kill(one.pid, signal.SIGKILL)
        time.sleep(8)  # Jupyter looks after its kernels every three seconds
        list(room.map(lambda one: one.attempt("work"), unlucky))
    faults = [fault for one in learners for fault in one.faults]
    kernel, server = (median([pair[n] for pair in settled] or [0]) / 1000 for n in (0, 1))
    start, run = (sorted(getattr(one, n) for one in learners) for n in ("start", "run"))
    print(
        f"| {count} | {median(start):.1f} / {start[-1]:.1f} | {median(run):.1f} / {run[-1]:.1f} "
        f"| {server:.0f} + {kernel:.0f} | {empty / 1000:.0f} | {kernel - empty / 1000:+.0f} "
        f"| {len(unlucky)} | {sum(one.reconnected for one in learners)} | {len(faults)} |",
        flush=True,
    )
    for fault in faults:
        print(f"  {fault}")
    return faults


def main() -> None:
    """Play classes of the given sizes, one after the other; fail if anybody could not work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[5, 10, 20])
    print(f"{HEAD}\n|{'---|' * (HEAD.count('|') - 1)}")
    sys.exit(bool([fault for size in parser.parse_args().sizes for fault in classroom(size)]))


if __name__ == "__main__":
    main()
