"""The vectors against plain Python and against the model; their forms against a schema."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from itertools import combinations, product

import jsonschema
import pytest

import kvmendian
from kvmendian import DESIGNS, Setup, SetupError, prove, vectors
from kvmendian.__main__ import main
from kvmendian.evidence.vectors import FIELDS, VERSION, forms
from kvmendian.model.road import road

ORDERS = ("little", "big")
ARCHS = ("arm64", "arm")
ROWS = list(vectors())
WRONG = tuple(name for name in DESIGNS if name != "sign-fixed-2026")
CODES = {1: "b", 2: "h", 4: "i", 8: "q"}
SCHEMA = json.loads(forms.written("schema"))
VALID = jsonschema.Draft202012Validator(SCHEMA)


def access(row):
    """What a row says of its setup."""
    return {name: row[name] for name in FIELDS[:6]}


def number(row, name):
    return int(row[name], 16)


def data_of(row):
    return bytes.fromhex(row["data"])


def answer(row, **fields):
    """What the model does with a row's input: a store's bytes, or a load's register."""
    if row["op"] == "store":
        return Setup(**access(row), **fields).trace(number(row, "register")).mmio_data
    value = int.from_bytes(data_of(row), "little")
    return Setup(**access(row), device="little", **fields).trace(value).register


def right(row):
    return data_of(row) if row["op"] == "store" else number(row, "register")


def test_rows_are_plain_dicts_with_the_keys_of_the_contract():
    assert FIELDS == ("arch", "op", "width", "guest", "signed", "register_width", "register",
                      "data", "little_device", "big_device")  # fmt: skip
    for row in ROWS:
        assert type(row) is dict
        assert tuple(row) == FIELDS
        assert len(data_of(row)) == row["width"]
    assert len({tuple(row.values()) for row in ROWS}) == len(ROWS) == 248
    for arch in ARCHS:
        assert list(vectors(arch)) == [row for row in ROWS if row["arch"] == arch]


def test_every_access_that_there_is_has_rows():
    names = FIELDS[:6]
    given = {"design": "sign-fixed-2026", "driver": "raw", "host": "little"}
    setups = {tuple(getattr(s, name) for name in names) for s in Setup.all(**given)}
    assert {tuple(access(row).values()) for row in ROWS} == setups


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(map(str, row.values())))
def test_a_row_is_what_plain_python_says(row):
    data, register = data_of(row), number(row, "register")
    code, guest = CODES[row["width"]], "<" if row["guest"] == "little" else ">"
    if row["op"] == "store":
        slot = 8 if row["arch"] == "arm64" else 4
        image = register.to_bytes(slot, row["guest"])
        assert data == (image[: row["width"]] if guest == "<" else image[slot - row["width"] :])
    else:
        loaded = struct.unpack(guest + (code if row["signed"] else code.upper()), data)[0]
        assert register == loaded % (1 << row["register_width"])
    assert number(row, "little_device") == struct.unpack("<" + code.upper(), data)[0]
    assert number(row, "big_device") == struct.unpack(">" + code.upper(), data)[0]


def test_no_row_depends_on_the_host_and_devices_do_as_the_row_says():
    for row, host, order in product(ROWS, ORDERS, ORDERS):
        assert answer(row, host=host) == right(row)
        seen = number(row, f"{order}_device")
        setup = Setup(**access(row), host=host, device=order)
        story = setup.trace(number(row, "register") if row["op"] == "store" else seen)
        assert story.mmio_data == data_of(row)
        assert story.register == number(row, "register")
        assert story.device_value % (1 << 8 * row["width"]) == seen


def test_values_have_something_to_lose():
    for row in ROWS:
        register, bits = number(row, "register"), 8 * row["width"]
        if row["op"] == "store":
            whole = register.to_bytes(8 if row["arch"] == "arm64" else 4, "big")
            assert len({*whole}) == len(whole)
            assert not {0, 0xFF} & {*whole}
            assert bits == 8 * len(whole) or register >> bits
    for key in {tuple(access(row).values()) for row in ROWS}:
        rows = [row for row in ROWS if tuple(access(row).values()) == key]
        signs = {(data_of(r)[0] >> 7, data_of(r)[-1] >> 7) for r in rows}
        every = set(product((0, 1), (0, 1)))
        assert signs == (every if key[2] > 1 else {(0, 0), (1, 1)})


@pytest.mark.parametrize(("arch", "host"), [*product(ARCHS, ORDERS)])
def test_designs_are_told_apart_where_they_differ_at_all(arch, host):
    """Not the same answers on the rows, or the same lanes for every access: for all values."""
    rows = [row for row in ROWS if row["arch"] == arch]
    answers = {name: [answer(row, host=host, design=name) for row in rows] for name in DESIGNS}

    def lanes_of(name):
        roads = (road(s) for s in Setup.all(arch=arch, host=host, design=name, driver="raw"))
        return [(r.mmio, r.register) for r in roads]

    for one, other in combinations(DESIGNS, 2):
        assert (answers[one] == answers[other]) == (lanes_of(one) == lanes_of(other)), (one, other)
    assert answers["sign-fixed-2026"] == list(map(right, rows))
    for name in WRONG:
        assert answers[name] != answers["sign-fixed-2026"]
        assert not prove(name).holds


def test_json_is_the_same_rows_and_fits_its_schema(capsys):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for arch in (None, *ARCHS):
        assert main(["vectors", "--format", "json", *(["--arch", arch] if arch else [])]) == 0
        found = json.loads(capsys.readouterr().out)
        VALID.validate(found)
        assert found["vectors"] == list(vectors(arch))
        assert (found["$schema"], found["version"]) == (SCHEMA["$id"], VERSION)


SPOILT = [
    {"arch": "riscv"}, {"op": "swap"}, {"width": 3}, {"width": "4"}, {"guest": "BE"},
    {"signed": 0}, {"register_width": 16}, {"register": 17}, {"register": "0x0011"},
    {"register": "0x" + 17 * "1"}, {"data": "1122"}, {"data": "11 22 33"}, {"data": "AA 22"},
    {"data": "11"}, {"little_device": None}, {"host": "little"}, {"op": "store", "signed": True},
    {"width": 8}, {"arch": "arm", "register_width": 64},
]  # fmt: skip


@pytest.mark.parametrize("change", SPOILT, ids=str)
def test_the_schema_refuses_what_is_no_vector(change):
    (row, *_) = (r for r in ROWS if r["op"] == "load" and r["width"] == 2)
    file = {"$schema": SCHEMA["$id"], "version": VERSION}
    VALID.validate(file | {"vectors": [row]})
    with pytest.raises(jsonschema.ValidationError):
        VALID.validate(file | {"vectors": [row | change]})


def test_the_schema_wants_every_field_and_nothing_else():
    file = {"$schema": SCHEMA["$id"], "version": VERSION, "vectors": ROWS}
    for spoilt in (file | {"version": 2}, file | {"more": 1}, file | {"vectors": []}):
        assert not VALID.is_valid(spoilt)
    for name in FIELDS:
        row = {k: v for k, v in ROWS[0].items() if k != name}
        assert not VALID.is_valid(file | {"vectors": [row]})
    vector = SCHEMA["$defs"]["vector"]
    assert tuple(vector["required"]) == tuple(vector["properties"]) == FIELDS


def test_the_page_names_every_field_form_and_the_version():
    page = (forms.files("kvmendian.evidence.vectors") / "README.md").read_text(encoding="utf-8")
    for name in (*FIELDS, *forms.FORMS):
        assert f"`{name}`" in page
    assert f"schema-{VERSION}.json" in page
    assert f"{len(ROWS)} rows" in page


@pytest.mark.parametrize("form", ["c", "rust"])
def test_numbers_in_c_and_rust_are_those_of_the_rows(form):
    text = forms.written(form)
    lines = [line for line in text.splitlines() if '"arm' in line]
    for line, row in zip(lines, ROWS, strict=True):
        assert all(f"{row[name]}" in line for name in ("arch", "register", "big_device"))
        assert ", ".join(f"0x{byte}" for byte in row["data"].split()) in line
    assert str(VERSION) in text
    assert len(lines) == 248


@pytest.mark.parametrize("bad", ["arm32", "", 64, ["arm"], True])
def test_an_unknown_architecture_or_form_is_refused_at_once(bad):
    with pytest.raises(SetupError) as caught:
        vectors(bad)
    assert caught.value.hint in {"arch='arm64'", "arch='arm'"}
    with pytest.raises(SetupError):
        forms.written("c", bad)
    with pytest.raises(SetupError):
        forms.written(bad)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--format", "xml"], None),
        (["--format", "Rust"], "--format rust"),
        (["--arch", "arm46"], "--arch arm64"),
        (["--arch"], "--format json"),
        (["stray"], "--format json"),
        (["--form", "c"], "--format json"),
    ],
)
def test_bad_options_get_a_line_that_works(words, hint, capsys):
    assert main(["vectors", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    line = said.err.splitlines()[-1].removeprefix("try:").strip()
    assert hint is None or line.endswith(hint)
    assert main(line.split()[3:]) == 0


def test_nothing_of_it_is_loaded_before_it_is_asked_for():
    code = (
        "import sys, kvmendian; a = 'kvmendian.evidence.vectors' in sys.modules; "
        "print(a, sum(1 for _ in kvmendian.vectors('arm')), 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "80", "False"]
    assert "vectors" in dir(kvmendian)
