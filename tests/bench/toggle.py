"""Toggle to picture changed, in one run: the Explorer beside `interactive` with matplotlib.

Both draw the same state in JupyterLab and are toggled the same way: one click, then the time until
the picture in the page is another one. Once as it is, once with 100 ms added to every message each
way between browser and server. Ratios within the run are the figure; absolute times wander.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import chromium as installed
from browser.lab import Lab, Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROUNDS = 30
EXPLORER = (
    "from kvmendian import Explorer\nExplorer(host='big', design='merged-2014', only=['guest'])"
)
MATPLOTLIB = """
%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import RadioButtons, interactive
from kvmendian import Setup

def draw(guest):
    story = Setup(host="big", guest=guest, design="merged-2014").trace(0x11223344)
    figure, axes = plt.subplots(figsize=(12, 4))
    for x, stage in enumerate(story.stages):
        for y, lane in enumerate(stage.lanes[:4]):
            axes.add_patch(plt.Rectangle((x, y), 0.6, 1, facecolor=f"C{lane}", edgecolor="k"))
            axes.text(x + 0.1, y + 0.4, f"{'ABCDEFGH'[lane % 8]}")
            for bit in range(8):
                axes.add_patch(plt.Rectangle((x + 0.3 + bit / 30, y), 1 / 40, 1, facecolor="w"))
        axes.text(x, -0.6, stage.place)
    axes.set(xlim=(-0.2, len(story.stages)), ylim=(-1, 5))
    plt.show()

interactive(draw, guest=RadioButtons(options=["little", "big"]))
"""
TIME = """async ([radios, picture, rounds]) => {
  const buttons = document.querySelectorAll(radios), times = [];
  const look = () => {
    const shown = document.querySelector(picture);
    return shown?.src ?? shown?.dataset.mmioData;
  };
  for (let round = 0; round < rounds; round++) {
    const was = look(), start = performance.now();
    buttons[1 - (round % 2)].click();
    while (look() === was || look() === undefined) {
      await new Promise((next) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = next;
        channel.port2.postMessage(0);
      });
      if (performance.now() - start < 10000) continue;
      throw new Error(`${picture} did not change in round ${round}`);
    }
    times.push(performance.now() - start);
    await new Promise((next) => setTimeout(next, 60));
  }
  return times;
}"""


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    loop, queue = asyncio.get_running_loop(), asyncio.Queue()

    async def write() -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not data:
                return writer.close()
            writer.write(data)

    task = loop.create_task(write())
    while data := await reader.read(65536):
        queue.put_nowait((loop.time() + delay, data))
    queue.put_nowait((loop.time() + delay, b""))
    await task


def slow_road(port: int, delay: float) -> int:
    """Start a proxy on the loopback that holds every message back; return its port."""
    loop, ready, found = asyncio.new_event_loop(), threading.Event(), []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            _pipe(reader, ours[1], delay), _pipe(ours[0], writer, delay), return_exceptions=True
        )

    async def serve() -> None:
        server = await asyncio.start_server(meet, "127.0.0.1", 0)
        found.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True).start()
    ready.wait()
    return found[0]


def measure(page: Page, server: Server, port: int) -> dict[str, list[float]]:
    lab = Lab(page, server)
    real, server.port = server.port, port
    try:
        lab.open_cells(EXPLORER, MATPLOTLIB)
        lab.run_all()
        page.wait_for_selector(".jp-CodeCell img")
        page.wait_for_timeout(1000)
        ways = {
            "Explorer": (".kvmendian [data-field=guest]", ".kvmendian-explorer"),
            "interactive + matplotlib": (".widget-radio input", ".jp-CodeCell img"),
        }
        return {name: page.evaluate(TIME, [*way, ROUNDS]) for name, way in ways.items()}
    finally:
        server.port = real
        lab.close()


def main() -> int:
    """Print medians, 95th percentiles and the ratio; return 1 if it is below 40."""
    missed = 0
    server = Server(Path(tempfile.mkdtemp()))
    with sync_playwright() as playwright:
        options = {"executable_path": installed.find(), "args": [*installed.FLAGS]}
        browser = playwright.chromium.launch(**options)
        for name, port in (
            ("as it is", server.port),
            ("100 ms each way", slow_road(server.port, 0.1)),
        ):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            medians = {}
            for way, times in measure(page, server, port).items():
                medians[way] = statistics.median(times)
                p95 = sorted(times)[int(0.95 * len(times))]
                print(f"{name:<18}{way:<28}median {medians[way]:7.1f} ms   p95 {p95:7.1f} ms")
            ratio = medians["interactive + matplotlib"] / medians["Explorer"]
            missed += ratio < 40
            judged = "ok" if ratio >= 40 else "MISSED"
            print(f"{name:<18}{ratio:.0f} x faster        goal >= 40 x   {judged}\n")
            page.close()
        browser.close()
    server.stop()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
