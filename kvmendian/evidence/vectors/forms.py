"""The rows of `vectors` as JSON, C, Rust, a kernel selftest; and the schema of the JSON."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from kvmendian.errors import one_of

from . import VERSION, vectors
from .selftest import selftest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kvmendian.model.lanes import Arch

Form: TypeAlias = Literal["json", "c", "rust", "selftest", "schema"]
FORMS: tuple[Form, ...] = get_args(Form)
"""What `written` can write: the rows in four forms, and the JSON Schema of the first."""

SCHEMA = f"urn:kvmendian:vectors:{VERSION}"
"""The `$id` of the schema, which a file of vectors names as its `$schema`; nobody fetches it."""

_ABOUT = (
    "What a right implementation of KVM/Arm's mmio.data does, on a host of either order.",
    f"Version {VERSION}, made by `python -m kvmendian vectors --format {{}}`. BSD-3-Clause.",
)

_C = """\
/*
 * {about}
 *
 * Before a store and after a load, `reg` is all of the register's slot; `data` is mmio.data,
 * `width` bytes in address order; `little_device` and `big_device` are what a device of that order
 * sees of a store, or answered to a load.
 */
#ifndef KVMENDIAN_VECTORS_H
#define KVMENDIAN_VECTORS_H

#include <stdint.h>

#define KVMENDIAN_VECTORS_VERSION {version}
#define KVMENDIAN_VECTORS {count}

struct kvmendian_vector {{
	const char *arch;
	int is_store;
	unsigned int width; /* bytes */
	int guest_is_big, is_signed;
	unsigned int register_width; /* bits */
	uint64_t reg;
	uint8_t data[8];
	uint64_t little_device, big_device;
}};

/* clang-format off */
static const struct kvmendian_vector kvmendian_vectors[KVMENDIAN_VECTORS] = {{
{rows}
}};
/* clang-format on */
#endif
"""

_RUST = """\
//! {about}

/// An access: `register` is all of the register's slot, before a store and after a load; `data` is
/// mmio.data in address order; a device of either order sees (store) or answered (load) its value.
#[derive(Debug)]
pub struct Vector {{
    pub arch: &'static str,
    pub is_store: bool,
    pub width: usize, // bytes
    pub guest_is_big: bool,
    pub signed: bool,
    pub register_width: u32, // bits
    pub register: u64,
    pub data: &'static [u8],
    pub little_device: u64,
    pub big_device: u64,
}}

pub const VERSION: u32 = {version};

#[rustfmt::skip]
pub const VECTORS: [Vector; {count}] = [
{rows}
];
"""


def written(form: Form, arch: Arch | None = None) -> str:
    """Return the rows of `vectors(arch)` as a text in one of `FORMS`; of "schema", the schema.

    Raises `SetupError` for another form or architecture, and for a "selftest" of "arm".

    >>> written("c", "arm").splitlines()[-4].strip()
    '{"arm", 0, 2, 1, 1, 32, 0x7fffu, {0x7f, 0xff}, 0xff7fu, 0x7fffu},'
    """
    form, rows = one_of("format", form, FORMS), vectors(arch)
    return _WRITE[form](rows)


def _schema(_: object) -> str:
    return (files(__package__) / f"schema-{VERSION}.json").read_text(encoding="utf-8").rstrip("\n")


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = ",\n".join("    " + json.dumps(row) for row in rows)
    head = f'  "$schema": "{SCHEMA}",\n  "version": {VERSION},\n'
    return f'{{\n{head}  "vectors": [\n{lines}\n  ]\n}}'


def _c(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = [
        f'\t{{"{row["arch"]}", {row["op"] == "store":d}, {row["width"]}, '
        f"{row['guest'] == 'big':d}, {row['signed']:d}, {row['register_width']}, "
        f"{row['register']}u, {{{_bytes(row)}}}, {row['little_device']}u, {row['big_device']}u}},"
        for row in rows
    ]
    return _filled(_C, "c", lines, "\n * ")


def _rust(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = [
        f'    Vector {{ arch: "{row["arch"]}", is_store: {_bool(row["op"] == "store")}, '
        f"width: {row['width']}, guest_is_big: {_bool(row['guest'] == 'big')}, "
        f"signed: {_bool(row['signed'])}, register_width: {row['register_width']}, "
        f"register: {row['register']}, data: &[{_bytes(row)}], "
        f"little_device: {row['little_device']}, big_device: {row['big_device']} }},"
        for row in rows
    ]
    return _filled(_RUST, "rust", lines, "\n//! ")


def _filled(template: str, form: str, lines: list[str], between: str) -> str:
    about = between.join(_ABOUT).format(form)
    rows = "\n".join(lines)
    filled = template.format(about=about, version=VERSION, count=len(lines), rows=rows)
    return filled.rstrip("\n")


def _bytes(row: Mapping[str, Any]) -> str:
    return ", ".join(f"0x{byte}" for byte in row["data"].split())


def _bool(value: bool) -> str:
    return "true" if value else "false"


_WRITE: dict[str, Callable[[Iterable[Mapping[str, Any]]], str]] = {
    "json": _json,
    "c": _c,
    "rust": _rust,
    "selftest": lambda rows: selftest(rows).rstrip("\n"),
    "schema": _schema,
}
