"""What C makes of a load, where that is no arrangement of bytes, signs and zeros.

The kernel extends a sign as `(data ^ mask) - mask`. `data` is an unsigned long, `mask` an int: that
of 4 bytes is negative, and C fills its upper half with ones before it is used (C11 6.3.1.3). Over
a zero upper half this is the sign extension that is meant. In memcpy-2012 on a big host the value
is in the upper half, and what comes out is its negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kvmendian.model.story import Story

_WORD = (1 << 64) - 1


def mask(width: int) -> int:
    """Return C's `(int)(1U << (8 * width - 1))` as an unsigned long of 64 bits.

    >>> hex(mask(2)), hex(mask(4))
    ('0x8000', '0xffffffff80000000')
    """
    bit = 1 << 8 * width - 1
    return (bit if width < 4 else bit - (1 << 32)) & _WORD


def sign_extended(data: int, width: int) -> int:
    """Return the kernel's `(data ^ mask) - mask`, for 1, 2 and 4 bytes.

    >>> hex(sign_extended(0x8192_A3B4, 4)), hex(sign_extended(0x8192_A3B4 << 32, 4))
    ('0xffffffff8192a3b4', '0x7e6d5c4c00000000')
    """
    return (data ^ mask(width)) - mask(width) & _WORD


def register(story: Story) -> int:
    """Return what a load leaves in the register if its sign is extended as C does it.

    >>> from kvmendian.model.setups import Setup
    >>> load = Setup(op="load", signed=True, register_width=64, host="big", design="memcpy-2012")
    >>> story = load.trace(0x4433_2211)
    >>> story.mmio_data.hex(" "), hex(story.register), hex(register(story))
    ('11 22 33 44', '0x1122334400000000', '0xeeddccbc00000000')
    """
    setup = story.setup
    if setup.kernel.sign_extend == "before":
        return _converted(story, _extended(story, _data(story)))
    return _extended(story, _converted(story, _data(story)))


def sentence(story: Story) -> str:
    """Say how a sign that is extended before the conversion comes out in C."""
    data, width = _data(story), story.setup.width
    ones, came = mask(width), sign_extended(data, width)
    return (
        f"C's arithmetic moves no bytes here, its mask is a negative int: "
        f"({data:#x} ^ {ones:#x}) - {ones:#x} = {came:#x}"
    )


def _data(story: Story) -> int:
    """Return the integer that the kernel reads from the buffer."""
    (value,) = (stage.value for stage in story.stages if stage.place == "data")
    assert value is not None  # noqa: S101 - it is an integer
    return value


def _extended(story: Story, data: int) -> int:
    setup = story.setup
    done = sign_extended(data, setup.width) if setup.signed else data
    return done & (1 << setup.register_width) - 1


def _converted(story: Story, data: int) -> int:
    setup = story.setup
    return setup.kernel.convert("load", data, setup.width, setup.guest, setup.host)
