"""kvmendian: byte order where a hypervisor meets a device.

>>> from kvmendian import Setup
>>> story = Setup(op="store", width=4, guest="big", host="big").trace(0x11223344)
>>> story.mmio_data.hex(" "), hex(story.device_value), story.honours_abi
('11 22 33 44', '0x44332211', True)
"""

from .designs import DESIGNS, Design
from .errors import SetupError
from .render import svg as _svg, text as _text
from .setups import Setup
from .story import Story, trace

__all__ = ["DESIGNS", "Design", "Setup", "SetupError", "Story", "trace"]
__version__ = "0.1.0.dev0"

Story.renderers |= {"text/plain": _text.story, "image/svg+xml": _svg.story}
