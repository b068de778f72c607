"""The ledger's reasons, the verdicts, and what a step does that is named after a function."""

from __future__ import annotations

from said_of_steps import STEP
from templates import NAME, ORDER, loaded, says_orders, stored

_ORDERS_OF = {"guest": "guest", "device": "device_order", "host": "host"}


def _order_of(f, who):
    return "little" if who == "buffer" else getattr(f.s, _ORDERS_OF[who])


_PAIR = r"(guest|device|buffer) and (device|host) are both (little|big)"

LEDGER = {
    "one byte": (
        r"one byte: nothing to swap", lambda f, m, k: f.s.width == 1 and f.kept(k),
    ),
    "both": (
        _PAIR,
        lambda f, m, k: _order_of(f, m[1]) == _order_of(f, m[2]) == m[3] and f.kept(k),
    ),
    "differ": (
        r"(guest|device|buffer) is (little|big), (device|host) is (little|big)",
        lambda f, m, k: (_order_of(f, m[1]), _order_of(f, m[3])) == (m[2], m[4])
        and m[2] != m[4] and f.turned(k),
    ),
    "never asked": (
        r"this kernel never asks for the guest's byte order", STEP["never asked"][1],
    ),
    "beN": (r"guest is big: be(\d+)_to_cpu, which swaps on a little host only", STEP["beN"][1]),
    "leN": (r"guest is little: le(\d+)_to_cpu, which swaps on a big host only", STEP["leN"][1]),
    "left": (r"guest is little: left untouched, whatever the host", STEP["left"][1]),
    "swapped": (r"guest is big: swapped, whatever the host", STEP["swapped"][1]),
    "own, alone": (
        rf"guest is {ORDER}, host is {ORDER}: your function leaves the bytes alone",
        lambda f, m, k: says_orders(f, m, 1, 2) and f.kept(k),
    ),
    "own, reverses": (
        rf"guest is {ORDER}, host is {ORDER}: your function reverses the bytes",
        lambda f, m, k: says_orders(f, m, 1, 2) and f.turned(k),
    ),
    "own, moves": (
        rf"guest is {ORDER}, host is {ORDER}: your function moves the bytes its own way",
        lambda f, m, k: says_orders(f, m, 1, 2) and not f.turned(k) and not f.kept(k),
    ),
    "own, another": (
        rf"guest is {ORDER}, host is {ORDER}: your function puts another byte in its place",
        lambda f, m, k: says_orders(f, m, 1, 2) and f.s.width == 1 and not f.kept(k),
    ),
    "takes for little": (
        rf"{NAME} takes every device for little; guest is {ORDER}, device is {ORDER}",
        lambda f, m, k: (m[2], m[3]) == (f.s.guest, f.s.device_order)
        and (f.turned(k) if f.s.guest == "big" else f.kept(k)) and f.s.device_order == "big",
    ),
    "does the same": (
        rf"{NAME} does the same, so the two cancel",
        lambda f, m, k: f.turned(k)
        and any(f.turned(j) and f.road.steps[j].function == m[1] for j in f.driven - {k}),
    ),
}  # fmt: skip


# --- verdicts, and the names of functions ---------------------------------------------------------

STORES = (
    r"mmio\.data (is not|holds) what RAM would hold(?:;|, but|, and) the device gets "
    r"(?P<device>0x\w+)(?: where software meant (?P<software>0x\w+)|, software meant "
    r"(?P<meant>0x\w+)| all the same)?\."
)
LOADS = (
    r"[xr]0 (?:is (?P<register>0x\w+); the same bytes in RAM would give "
    r"(?P<promised>0x\w+)|is what "
    r"the same bytes in RAM would give, (?:and|but) software gets (?P<software>0x\w+)"
    r"(?: where the device holds (?P<device>0x\w+))?)\."
)

_AT = {"store": ("data", "data′"), "load": ("data′", "data")}


def _accesses(f, m, k):
    """readl, iowrite32be …: made for this width, and for devices of one order."""
    size = {"b": 1, "w": 2, "l": 4, "q": 8}.get(m["letter"] or "") or int(m["bits"]) // 8
    made_for = "little" if m["letter"] else "big"
    verb = "write" if f.s.op == "store" else "read"
    turns = size > 1 and f.s.guest != made_for
    return (size, m["verb"]) == (f.s.width, verb) and (f.turned(k) if turns else f.kept(k))


def _converts(f, m, k):
    order = "little" if m["order"] == "le" else "big"
    return int(m["size"]) == 8 * f.s.width and (f.turned(k) if f.s.guest != order else f.kept(k))


def _memcpy(f, m, k):
    place = f.road.steps[k].place
    if place == "mmio.data":
        return STEP["copied"][1](f, m, k)
    taken = f.road.mmio == stored(f, f.road.steps[k - 1].lanes, f.s.host, f.s.width)
    filled = stored(f, f.road.steps[k].lanes, f.s.host, f.s.width) == f.road.mmio
    return taken if place == "data_buf" else filled


def _slot(f, m, k):
    kept = f.road.steps[k].kind == "bytes" or f.road.steps[k].lanes == f.road.steps[k - 2].lanes
    return f.kept(k) and kept and f.as_integer(k) == f.as_integer(k - 1)


TAKES = {
    "software|device model": lambda f, m, k: k == 0,
    r"str[bh]? [wxr]0, \[[xr]1\]": lambda f, m, k: k == 0 and f.s.driver == "raw",
    "guest exit|guest entry|vcpu_reg|vcpu_[gs]et_reg": _slot,
    "no conversion": lambda f, m, k: f.road.steps[k].lanes == f.road.steps[k - 1].lanes,
    "(?:vcpu_data_)?guest_to_host": lambda f, m, k: (
        f.s.op == "store" and f.road.steps[k].place == "data′"
    ),
    "(?:vcpu_data_)?host_to_guest": lambda f, m, k: (
        f.s.op == "load" and f.road.steps[k].place == "data′"
    ),
    "(?:kvm_)?mmio_write_buf": lambda f, m, k: (
        f.s.op == "store" and f.road.steps[k].place == "data_buf"
    ),
    "(?:kvm_)?mmio_read_buf": lambda f, m, k: f.s.op == "load" and f.road.steps[k].place == "data",
    "kvm_handle_mmio_return": lambda f, m, k: f.road.steps[k].place == "extended" and f.kept(k),
    "memcpy": _memcpy,
    "ldn_he_p": lambda f, m, k: f.s.op == "store" and loaded(f, k),
    "stn_he_p": lambda f, m, k: (
        f.s.op == "load" and f.road.steps[k].lanes == f.in_order(f.low(k - 1), f.s.host)
    ),
    "adjust_endianness": lambda f, m, k: (
        f.turned(k) if f.s.width > 1 and f.s.device_order != f.s.host else f.kept(k)
    ),
    r"(?P<verb>read|write)(?P<letter>[bwlq])(?P<bits>)": _accesses,
    r"io(?P<verb>read|write)(?P<bits>\d+)(?:be)?(?P<letter>)": _accesses,
    r"cpu_to_(?P<order>[lb]e)(?P<size>\d+)": _converts,
    r"(?P<order>[lb]e)(?P<size>\d+)_to_cpu": _converts,
}
"""What a step does that is named after a function; the pattern matches the whole name."""
