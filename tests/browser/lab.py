"""JupyterLab as `make lab` starts it, and a notebook in it as a learner has it in front of them."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
START_SECONDS = 90
STOP_SECONDS = 20
RUN_SECONDS = 120
IDLE_SECONDS = 1800

Output = dict[str, Any]


def own_environment(folder: Path) -> dict[str, str]:
    """Return an environment in which Jupyter and IPython read and write only below `folder`."""
    inherited = ("JUPYTER", "IPYTHON", "MAKE", "MFLAGS")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(inherited)}
    own = {f"JUPYTER_{what}_DIR": what.lower() for what in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{what}_DIR": what.lower() for what in ("SETTINGS", "WORKSPACES")}
    own |= {"IPYTHONDIR": "ipython"}
    return kept | {name: str(folder / sub) for name, sub in own.items()}


class Server:
    """`make lab` on a free port, with nothing of the user's settings, serving `folder/work`."""

    def __init__(self, folder: Path) -> None:
        self._settings = folder / "settings"
        self.reset_settings()
        self.work = folder / "work"
        self.work.mkdir()
        self.token = secrets.token_hex()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # tests/elsewhere.py has another environment tried
        venv = os.path.relpath(os.environ.get("KVMENDIAN_LAB", sys.prefix), ROOT)
        arguments = (
            f"--no-browser --ServerApp.ip=127.0.0.1 --ServerApp.port={self.port} "
            f"--ServerApp.port_retries=0 --IdentityProvider.token={self.token} "
            "--LabApp.expose_app_in_browser=True "
            # should pytest be killed, and so never say stop
            f"--MappingKernelManager.cull_idle_timeout={IDLE_SECONDS} "
            f"--ServerApp.shutdown_no_activity_timeout={IDLE_SECONDS}"
        )
        self._log = folder / "server.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("make", "lab", "-o", f"{venv}/.lab"),  # -o: installed already, somehow
                    *(f"VENV={venv}", f"START={self.work}", f"LAB_ARGS={arguments}"),
                ],
                cwd=ROOT,
                env=own_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def reset_settings(self) -> None:
        """Forget what a page has set. JupyterLab 4.4 must keep cells out of sight in the page."""
        shutil.rmtree(self._settings, ignore_errors=True)
        tracker = self._settings / "@jupyterlab" / "notebook-extension"
        tracker.mkdir(parents=True)
        (tracker / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')

    def stop(self) -> None:
        """End the server, its kernels, and the make that started it."""
        self._process.terminate()  # make hands it on
        self._process.wait(STOP_SECONDS)

    def answers(self) -> bool:
        """Return whether the server is there and takes our token."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", f"/api/status?token={self.token}")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return
            time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text()[-3000:]}")


class Lab:
    """One JupyterLab page. A notebook is opened as a fresh copy, with a kernel of its own."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self._server = server
        self._name = secrets.token_hex(4)
        self._folder = server.work / self._name

    @property
    def folder(self) -> Path:
        """Where the notebook lies, and what its kernel writes."""
        return self._folder

    def open_notebook(self, name: str) -> None:
        """Open a copy of notebooks/`name`, its neighbours beside it; wait for kernel and cells."""
        shutil.copytree(NOTEBOOKS, self._folder, dirs_exist_ok=True)
        self._open(name)

    def open_cells(self, *sources: str, **more: Any) -> None:
        """Open a new notebook that has these code cells, and what `more` says, outputs perhaps."""
        self._folder.mkdir(exist_ok=True)
        cells = [nbformat.v4.new_code_cell(source, **more) for source in sources]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        nbformat.write(notebook, self._folder / "cells.ipynb")
        self._open("cells.ipynb")

    def _open(self, name: str, path: str = "") -> None:
        self._notebook = name
        self.page.goto(
            f"{self._server.url}/lab/workspaces/{self._name}/tree/{path or f'{self._name}/{name}'}"
            f"?reset&token={self._server.token}"
        )
        self.page.wait_for_selector(f"{PANEL} .jp-Cell", timeout=1000 * START_SECONDS)
        self._wait_for_curtain()
        self.wait_idle()

    def _wait_for_curtain(self) -> None:
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def set_theme(self, theme: str) -> None:
        """Switch to JupyterLab's "light" or "dark" theme and wait until it shows."""
        name = f"JupyterLab {theme.title()}"
        self.page.evaluate(SET_THEME, name)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{name}"]', state="attached")
        self._wait_for_curtain()

    def run_all(self) -> None:
        """Run all cells to the end; fail with the traceback if one raises.

        The menu's Run All is lost when the kernel is not there yet, although the indicator says
        Idle; so wait for the kernel's own word first.
        """
        self.wait_idle()
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function("() => window.ranAll", timeout=1000 * RUN_SECONDS)
        for output in chain(*self.outputs()):
            if output["output_type"] == "error":
                traceback = "\n".join(output["traceback"])
                pytest.fail(f"{output['ename']}: {output['evalue']}\n{traceback}", pytrace=False)
        self.wait_idle()

    def wait_idle(self) -> None:
        """Wait until the kernel has worked through all that it was asked before now."""
        self.page.evaluate(ASK_KERNEL, 1000 * RUN_SECONDS)

    def cell(self, number: int) -> Locator:
        """Return the cell with this number, from 0, prose counted."""
        return self.page.locator(f"{PANEL} .jp-Cell").nth(number)

    def prompts(self) -> list[str]:
        """Return what stands before each code cell: "[3]:" once it has run."""
        found = self.page.locator(f"{PANEL} .jp-CodeCell .jp-InputArea-prompt")
        return [text.strip() for text in found.all_text_contents()]

    def outputs(self) -> list[list[Output]]:
        """Return, for each code cell, its outputs in the notebook's own format."""
        return self.page.evaluate(OUTPUTS)

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def save(self) -> None:
        """Save the notebook, as Ctrl-S does."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")

    def reload(self) -> None:
        """Open the saved notebook again, with the kernel that it has, or without one."""
        self._open(self._notebook)

    def second(self, page: Page) -> Lab:
        """Return another page with the same notebook and the same kernel."""
        other = Lab(page, self._server)
        other._folder = self._folder
        other._open(self._notebook, f"{self._folder.name}/{self._notebook}")
        return other

    def end_kernels(self) -> None:
        """End every kernel of the server, behind the pages' back."""
        request, sessions = self.page.context.request, f"{self._server.url}/api/sessions"
        token = {"Authorization": f"token {self._server.token}"}
        for session in request.get(sessions, headers=token).json():
            request.delete(f"{sessions}/{session['id']}", headers=token)

    def close(self) -> None:
        """Leave the page, then end its kernel, which would outlive it, and forget its settings."""
        self.page.goto("about:blank")
        self.end_kernels()
        self._server.reset_settings()


PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
SET_THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"
ASK_KERNEL = """async milliseconds => {
  const answer = async () => {
    const notebook = jupyterapp.shell.currentWidget;
    await notebook.context.ready;
    await notebook.sessionContext.ready;
    const kernel = notebook.sessionContext.session.kernel;
    await kernel.info;
    await kernel.requestKernelInfo();
  };
  const limit = new Promise((_, reject) => {
    setTimeout(reject, milliseconds, new Error('the kernel does not answer'));
  });
  await Promise.race([answer(), limit]);
}"""
RUN_ALL = """() => {
  window.ranAll = false;
  jupyterapp.commands.execute('notebook:run-all-cells').finally(() => { window.ranAll = true; });
}"""
OUTPUTS = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code').map(cell => cell.model.outputs.toJSON())"""
