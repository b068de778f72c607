"""Four mistakes that VMMs make with `mmio.data`, and the line that mends each, in C and Rust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kvmendian.display import Catalogue
from kvmendian.model import lanes
from kvmendian.model.lanes import SECOND, SOURCE, WORD, ZERO

from .mistaken import Made, Place, VmmMistake

if TYPE_CHECKING:
    from kvmendian.model.lanes import ByteOrder


# of a width in bytes, the host's order, and the device's or the guest's


def _native_write(width: int, host: ByteOrder, device: ByteOrder) -> Made:
    data = SOURCE[:width]
    copied = lanes.concat(data, (ZERO,) * (WORD - width))  # into an integer that was 0
    return Made(
        (Place("mmio.data", "bytes", data),),
        Place("value", "integer", lanes.load(copied, host)),
        Place("value", "integer", lanes.load(data, device)),
    )


def _native_read(width: int, host: ByteOrder, device: ByteOrder) -> Made:
    value = lanes.truncate(SOURCE, width)
    return Made(
        (Place("value", "integer", value),),
        Place("mmio.data", "bytes", lanes.store(value, WORD, host)[:width]),
        Place("mmio.data", "bytes", lanes.store(value, width, device)),
    )


def _stale(width: int, _: ByteOrder, device: ByteOrder) -> Made:
    data = lanes.concat(SOURCE[:width], SECOND[width:])
    return Made(
        (Place("data[8]", "bytes", data),),
        Place("value", "integer", lanes.load(data, device)),
        Place("value", "integer", lanes.load(data[:width], device)),
    )


def _unclaimed(width: int, *_: ByteOrder) -> Made:
    data = SECOND[:width]
    return Made(
        (Place("data before", "bytes", data),),
        Place("mmio.data", "bytes", data),
        Place("mmio.data", "bytes", (ZERO,) * width),
    )


def _merged(width: int, _: ByteOrder, guest: ByteOrder) -> Made:
    loaded = lanes.load(SOURCE[:width], guest)
    return Made(
        (Place("reg before", "integer", SECOND), Place("mmio.data", "bytes", SOURCE[:width])),
        Place("reg", "integer", loaded[:width] + SECOND[width:]),
        Place("reg", "integer", loaded),
    )


_LOAD_C = "for (i = 0; i < len; i++) value |= (uint64_t)data[big ? len - 1 - i : i] << 8 * i;"
_LOAD_RUST = (
    "let value = (0..len)"
    ".fold(0, |v, i| v | u64::from(data[if big { len - 1 - i } else { i }]) << (8 * i));"
)


_ALL = (
    VmmMistake(
        "native-copy-write",
        "store",
        "device",
        "the bytes are copied into an integer of the host's order",
        "Right by chance on a little host with a little device, and so found late. On a big host "
        "bytes that are fewer than the integer's land at its wrong end too.",
        _native_write,
        "memcpy(&value, data, len);",
        _LOAD_C,
        "let mut bytes = [0; 8]; bytes[..len].copy_from_slice(&data[..len]); "
        "let value = u64::from_ne_bytes(bytes);",
        _LOAD_RUST,
    ),
    VmmMistake(
        "native-copy-read",
        "load",
        "device",
        "the answer is copied out of an integer of the host's order",
        "The same on the way back. On a big host the first bytes of the integer are its most "
        "significant ones: a short answer is zeros.",
        _native_read,
        "memcpy(data, &value, len);",
        "for (i = 0; i < len; i++) data[big ? len - 1 - i : i] = value >> 8 * i;",
        "data[..len].copy_from_slice(&value.to_ne_bytes()[..len]);",
        "for i in 0..len { data[if big { len - 1 - i } else { i }] = (value >> (8 * i)) as u8; }",
    ),
    VmmMistake(
        "stale-bytes",
        "store",
        "device",
        "all eight bytes of data[] are read, though len is smaller",
        "KVM writes len bytes and leaves the rest as they were: what an earlier access put there.",
        _stale,
        "for (i = 0; i < 8; i++) value |= (uint64_t)data[big ? 7 - i : i] << 8 * i;",
        _LOAD_C,
        "let value = if big { u64::from_be_bytes(*data) } else { u64::from_le_bytes(*data) };",
        _LOAD_RUST,
    ),
    VmmMistake(
        "unclaimed-read",
        "load",
        "device",
        "no device claims the read, and the VMM leaves the bytes as they were",
        "KVM does not clear data[] before an exit, and loads what is there: the guest reads what "
        "it wrote last. Zeros or all ones would do; an early kvmtool (kvm__emulate_mmio) warned, "
        "and left the bytes.",
        _unclaimed,
        "return;",
        "memset(data, 0, len);",
        "return;",
        "data[..len].fill(0);",
    ),
    VmmMistake(
        "merged-register",
        "load",
        "guest",
        "a short load leaves the register's upper bytes as they were",
        "Under KVM no VMM can: the kernel fills the whole register. It is for VMMs that complete a "
        "load themselves, as Apple's Hypervisor.framework and seL4 want it; emulate_vcpu_fault of "
        "libsel4vm merges so, by its text (no bug report was found). A short write that merges "
        "into the device's register is no mistake as such: the device decides.",
        _merged,
        "reg = (reg_before & ~mask) | (value & mask);",
        "reg = value;",
        "let reg = (reg_before & !mask) | (value & mask);",
        "let reg = value;",
    ),
)

VMM_MISTAKES = Catalogue(
    "mistakes of VMMs; .case() shows one, .repair_c and .repair_rust mend it",
    {mistake.id: mistake for mistake in _ALL},
    {"at a": lambda m: m.op, "what is done": lambda m: m.says},
)
"""The mistakes by id; the native-order copy is there twice, for the way in and the way back."""
