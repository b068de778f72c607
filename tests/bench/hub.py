"""The hub of binder/hub on this machine: loopback only, plain processes, gone at the end."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PASSWORD, TOKEN = secrets.token_hex(8), secrets.token_hex(16)
HEADERS = {"Authorization": f"token {TOKEN}"}
CONFIG = """
load_subconfig({shared!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret_file = "{folder}/cookie"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/home/{{username}}"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args += ["--allow-root"]
c.JupyterHub.services += [{{"name": "bench", "api_token": {token!r}}}]
c.JupyterHub.load_roles += [{{
    "name": "bench",
    "scopes": ["admin:users", "admin:servers", "access:servers"],
    "services": ["bench"],
}}]
"""


@contextmanager
def running_hub(names: list[str]) -> Iterator[str]:
    """Start the hub; yield its address; stop it, and every server with it."""
    proxy = shutil.which("configurable-http-proxy") or str(
        Path(sys.prefix) / "node_modules" / ".bin" / "configurable-http-proxy"
    )
    folder = Path(tempfile.mkdtemp(prefix="kvmendian-class-"))
    port, hub_port, proxy_port = free_ports(3)
    for name in names:
        shutil.copytree(ROOT / "notebooks", folder / "home" / name / "notebooks")
    config = folder / "jupyterhub_config.py"
    shared = str(ROOT / "binder" / "hub" / "jupyterhub_config.py")
    places = {"port": port, "hub_port": hub_port, "proxy_port": proxy_port, "proxy": proxy}
    text = CONFIG.format(shared=shared, folder=folder, python=sys.executable, token=TOKEN, **places)
    config.write_text(text, encoding="utf-8")
    environment = os.environ | {"KVMENDIAN_PASSWORD": PASSWORD}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "--config", config],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base, process, folder / "log")
        yield base
    finally:
        for name in names if process.poll() is None else ():
            requests.delete(f"{base}/hub/api/users/{name}/server", headers=HEADERS, timeout=60)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        with suppress(OSError, ValueError):  # a hub that ended early leaves its proxy behind
            os.kill(int((folder / "proxy.pid").read_text()), signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(requests.ConnectionError):
            if requests.get(f"{base}/hub/api", timeout=5).ok:
                return
        time.sleep(0.3)
    raise RuntimeError(f"the hub did not start:\n{log.read_text()[-3000:]}")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
