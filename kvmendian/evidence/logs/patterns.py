r"""What the recognisers look for, as patterns that Python and the browser both run.

Rules, so that both find the same: `(?P<name>` is the one thing that JavaScript spells otherwise; no
`\s`, no `.`, no `\w` (they differ); ASCII and ignoring case; every repetition is bounded, so that
no line can make a search slow. Numbers are as logs have them: `0x…` with or without underscores, or
8 or 16 hex digits alone.
"""

from __future__ import annotations

import re

LINE_BREAK = r"\r\n|\n|\r"
COLOURS = r"\x1b\[[0-9;?]{0,40}[ -/]{0,4}[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""ANSI sequences and control characters but tabs and line breaks: they are taken out first."""

LONGEST = 4_000
"""Characters of a line that are read; what follows is left alone."""

HEX = r"(?:0x[0-9a-f](?:_?[0-9a-f]){0,15}|[0-9a-f]{16}|[0-9a-f]{8})(?![0-9a-z_])"
_ANY = r"(?:0x[0-9a-f](?:_?[0-9a-f]){0,15}|[0-9]{1,20})(?![0-9a-z_])"
_IS = r"[ \t:=>()\[\]<\"'`-]{0,12}(?:(?:is|was|value|register|reg|of)[ \t:=]{1,4}){0,2}"

CHEAP = (
    r"esr|hsr|syndrome|far|ipa|gpa|psr|pstate|sctlr|pc|elr|0x|mmio|kvm_|memory_region_|invalid"
    r"|[0-9a-f]{8}"
)
"""A line without any of these has nothing for syndromes, traces and context."""

NAMED = (
    rf"(?<![a-z0-9])(?P<name>esr(?:_el[0-3x])?|hsr|syndrome){_IS}"
    rf"(?:0x[0-9a-f]{{1,2}}/)?(?P<value>{HEX})"
)
"""A whole syndrome register beside its name: ESR_EL2 = 0x93c08046, HSR=0x9381_0047, esr: 93c18046,
ESR 0x24/0x93c18046."""

NISV = rf"(?<![a-z0-9])(?P<name>esr_iss){_IS}(?P<value>{_ANY})"
"""What KVM_EXIT_ARM_NISV passes on: three fields of an ISS."""

BARE = (
    r"(?:^|(?<=[ \t\"'`(,]))(?P<value>0x[89][0-9a-f]{3}_[0-9a-f]{4})(?![0-9a-z_])"
    r"|^[ \t\"'`]{0,20}(?P<alone>(?:0x)?[89][0-9a-f]{7})[ \t\"'`.,;]{0,20}$"
)
"""A number alone that may be a syndrome: with an underscore in the middle, or alone in its line."""

CONTEXT = (
    r"(?<![a-z0-9])(?P<name>hpfar(?:_el2)?|h?x?far(?:_el[12])?|hdfar|(?:fault_)?ipa|gpa|pc|elr_el2"
    rf"|cpsr|psr|spsr_el2|spsr|pstate|sctlr(?:_el1)?){_IS}(?P<value>{HEX})"
)
"""Other registers and addresses of the same dump. Not SCTLR_EL2: that is the hypervisor's own."""

CANONICAL = {
    "hpfar": "HPFAR",
    **dict.fromkeys(("far", "hfar", "xfar", "hxfar", "hdfar"), "FAR"),
    **dict.fromkeys(("ipa", "fault_ipa"), "IPA"),
    "gpa": "gpa",
    **dict.fromkeys(("pc", "elr"), "PC"),
    **dict.fromkeys(("cpsr", "psr", "spsr", "pstate"), "CPSR"),
    "sctlr": "SCTLR",
}
"""Under which name a field of `CONTEXT` is shown, by its name without `_el1` or `_el2`."""

PREFIX = (
    r"^[ \t]{0,40}(?P<task>[^\n]{1,40}?)(?:-|[ \t]{1,8})(?P<pid>[0-9]{1,9})"
    r"[ \t]{1,8}(?:\([^)\n]{1,12}\)[ \t]{1,8})?\[(?P<cpu>[0-9]{1,4})\][ \t]{1,8}"
    r"(?:(?P<flags>[.a-zA-Z0-9#]{4,6})[ \t]{1,8})?(?P<time>[0-9]{1,12}\.[0-9]{1,9}):"
)
"""What stands before an event in ftrace's, trace-cmd's and perf script's layout."""

_GPA = rf"gpa[ \t=:]{{1,4}}(?P<gpa>{_ANY})"
_LEN = r"len[ \t=:]{1,4}(?P<len>[0-9]{1,3})"
_VAL = rf"val[ \t=:]{{1,4}}(?P<val>{_ANY})"
_BYTE = r"(?:0x[0-9a-f]{1,2}|[0-9]{1,3})"
_SEP = r"[ \t,]{1,8}"

EVENTS: dict[str, str] = {
    "kvm_mmio": (
        r"(?:kvm_mmio:[ \t]{0,40})?(?<![a-z0-9_])mmio[ \t]{1,4}"
        rf"(?P<type>unsatisfied-read|read|write){_SEP}{_LEN}{_SEP}{_GPA}{_SEP}{_VAL}"
    ),
    "kvm_mmio_raw": (
        r"kvm_mmio[:(][ \t]{0,40}type[ \t=:]{1,4}(?P<type>0x[0-2]|[0-2])(?: \([a-z-]{1,20}\))?"
        rf"{_SEP}{_LEN}{_SEP}{_GPA}{_SEP}{_VAL}"
    ),
    "kvm_guest_fault": (
        rf"(?:kvm_guest_fault:[ \t]{{0,40}})?(?<![a-z0-9_])ipa[ \t=:]{{1,4}}(?P<ipa>{HEX}){_SEP}"
        rf"hsr[ \t=:]{{1,4}}(?P<hsr>{HEX}){_SEP}hxfar[ \t=:]{{1,4}}(?P<hxfar>{HEX}){_SEP}"
        rf"pc[ \t=:]{{1,4}}(?P<pc>{HEX})"
    ),
    "kvm_mmio_nisv": (
        rf"(?:kvm_mmio_nisv:[ \t]{{0,40}})?(?<![a-z0-9_])ipa[ \t=:]{{1,4}}(?P<ipa>{HEX}){_SEP}"
        rf"esr[ \t=:]{{1,4}}(?P<esr>{HEX}){_SEP}far[ \t=:]{{1,4}}(?P<far>{HEX}){_SEP}"
        rf"pc[ \t=:]{{1,4}}(?P<pc>{HEX})"
    ),
    "kvm_exit": (
        r"kvm_exit:[ \t]{0,40}[a-z_]{1,20}:[ \t]{1,4}HSR_EC:[ \t]{1,4}(?P<ec>0x[0-9a-f]{1,4})"
        rf"(?:[ \t]{{1,4}}\([^)\n]{{1,40}}\))?(?:{_SEP}PC:[ \t]{{1,4}}(?P<pc>{HEX}))?"
    ),
    "kvm_userspace_exit": (
        r"kvm_userspace_exit:[ \t]{0,40}reason[ \t]{1,4}(?P<reason>[a-z_0-9]{1,40})[ \t]{1,4}"
        r"\((?P<number>[0-9]{1,4})\)"
    ),
    "strace_exit": (
        r"ioctl\([0-9]{1,7}(?:<[^>\n]{0,80}>)?, KVM_RUN[^\n]{0,20}\)[ \t]{0,40}= 0 "
        r"\((?P<reason>KVM_EXIT_[a-z_0-9?]{1,40})\)"
    ),
    "mmio_struct": (
        r"(?<![a-z0-9_])mmio[ \t]{0,4}[=:]?[ \t]{0,4}\{[ \t]{0,4}"
        rf"phys_addr[ \t=:]{{1,4}}(?P<gpa>{_ANY})"
        r"[ \t,]{1,8}data[ \t=:]{1,4}"
        rf"\[(?P<data>{_BYTE}(?:,[ \t]{{0,2}}{_BYTE}){{7}})\]"
        r"[ \t,]{1,8}len[ \t=:]{1,4}(?P<len>[0-9]{1,3})[ \t,]{1,8}"
        r"is_write[ \t=:]{1,4}(?P<write>[01])"
    ),
    "memory_region": (
        r"memory_region_(?P<kind>ops|subpage|ram_device)_(?P<type>read|write)[ \t]{1,4}"
        r"cpu[ \t]{1,4}(?P<cpu_index>-?[0-9]{1,6})[ \t]{1,4}"
        r"mr[ \t]{1,4}(?P<mr>0x[0-9a-f]{1,16})[ \t]{1,4}"
        rf"(?:addr|offset)[ \t]{{1,4}}(?P<gpa>{_ANY})[ \t]{{1,4}}value[ \t]{{1,4}}(?P<val>{_ANY})"
        r"[ \t]{1,4}size[ \t]{1,4}(?P<len>[0-9]{1,3})"
        r"(?:[ \t]{1,4}name[ \t]{1,4}'(?P<region>[^'\n]{0,80})')?"
    ),
    "invalid_access": (
        r"Invalid[ \t]{1,4}(?P<type>read|write|access)[ \t]{1,4}at[ \t]{1,4}addr[ \t]{1,4}"
        rf"(?P<gpa>{_ANY}),[ \t]{{1,4}}size[ \t]{{1,4}}(?P<len>[0-9]{{1,3}}),[ \t]{{1,4}}"
        r"region[ \t]{1,4}'(?P<region>[^'\n]{0,80})',[ \t]{1,4}"
        r"reason:[ \t]{1,4}(?P<reason>rejected|unaligned|invalid size)"
        r"(?:[ \t]{0,4}\((?P<limits>min:[0-9]{1,3} max:[0-9]{1,3})\))?"
    ),
}
"""Events and lines of a trace, by name. A line is asked for all of them, in this order."""

NEEDS = {
    "kvm_mmio": "mmio",
    "kvm_mmio_raw": "kvm_mmio",
    "kvm_guest_fault": "hxfar",
    "kvm_mmio_nisv": "ipa",
    "kvm_exit": "kvm_exit",
    "kvm_userspace_exit": "kvm_userspace_exit",
    "strace_exit": "kvm_run",
    "mmio_struct": "phys_addr",
    "memory_region": "memory_region_",
    "invalid_access": "invalid",
}
"""What stands in every such line, in small letters: asked first, for it is quick."""


OTHER = (
    r"(?<![a-z0-9])(?P<other>\(xen\)|xen|jailhouse|xvisor|bhyve|whpx|hvf|hv_vcpu_run)(?![a-z0-9])"
)
"""The name of a hypervisor that is not KVM."""

KVM = r"kvm"
"""Anywhere in a text: it is of KVM, whatever else it names."""


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern as both evaluators take it."""
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


def number(text: str) -> int:
    """Return the number of a log: `0x…`, with underscores or not, or hex digits alone.

    >>> number("0x9381_0047"), number("93c18046"), number("0000000000000010")
    (2474704967, 2478932038, 16)
    """
    plain = text.lower().replace("_", "")
    return int(plain.removeprefix("0x"), 16)


def decimal_or_hex(text: str) -> int:
    """Return the number of a log that writes small ones in decimal: `0x…`, else decimal."""
    return number(text) if text.lower().startswith("0x") else int(text)
