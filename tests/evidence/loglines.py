"""Log lines for the tests of `kvmendian.read`: random ones of every kind, and damaged ones."""

from __future__ import annotations

ESRS = ("ESR_EL2", "HSR", "esr", "ESR", "esr_el1", "syndrome", "vcpu_hsr", "Esr_el2")
SEPARATORS = (" = ", "=", ": ", ":", " ", " (", "\t= ", " is ", " value: ", "] = ")
REGISTERS = (
    "FAR_EL2", "HPFAR_EL2", "IPA", "gpa", "pc", "cpsr", "PSTATE", "SCTLR_EL1", "SCTLR_EL2",
    "hxfar", "SPSR_EL2", "far", "fault_ipa", "ELR_EL2", "PSR", "HDFAR",
)  # fmt: skip
LAYOUTS = (
    "", "  qemu-system-aar-1234  [001] d..1  80.123456: ", "qemu-77 [003] 80.1: ",
    "CPU 0/KVM  991 [002]   12.5: kvm:", " <idle>-0 (-------) [000] dNs2 1.2: ",
)  # fmt: skip
STATES = (0x60000093, 0x600001D3, 0x600001DB, 0x3C5, 0x600003C0, 0x80000010, 0x210, 0x3C9, 0xF)
FAULTS = (4, 5, 6, 7, 0x0D, 0x10, 0x21, 0x2B, 0x35)
ODD = (
    "", "hello", "-----", "x0=1 x1=2", "   ", "\x1b[31mESR_EL2 = 0x93800045\x1b[0m",
    "ESR \u202e0x93800045", "\x00HSR=\x000x93890006", "\u00a0ESR=0x93800045",
    "(XEN) d1v0: unhandled stage 2 fault", "jailhouse: no handler, hvf neither",
    "ESR_EL2 = 0x82000007, FAR_EL2 = 0x9000000, HPFAR_EL2 = 0x90000, ELR_EL2 = 0x9000000",
    "mmio={phys_addr=0x1, data=[0, 0, 0, 0, 0x76, 0x69, 0, 0], len=4, is_write=0}",
    "İESR 0x93800045 ſ", "esr=\u0663\u0663\u0663\u0663\u0663\u0663\u0663\u0663",
)  # fmt: skip


def spelled(r, value):
    """Write a number in one of the ways that logs have."""
    wide = 8 if value < 1 << 32 else 16
    ways = [f"0x{value:x}", f"{value:0{wide}x}", f"0x{value:016x}", f"{value:016x}",
            f"0X{value:X}", f"0x{value:08x}"]  # fmt: skip
    if value < 1 << 32:
        ways.append(f"0x{value >> 16:x}_{value & 0xFFFF:04x}")
    return r.choice(ways)


def syndrome(r):
    """Make a syndrome, of a data abort more often than not."""
    ec = r.choice([0x24] * 6 + [0x25, 0x20, 0x21, 0x18, r.randrange(64)])
    iss = r.getrandbits(25)
    if r.random() < 0.7:
        iss = iss & ~0x3F | r.choice(FAULTS)
    if r.random() < 0.6:
        iss &= ~(1 << 7 | 1 << 8 | 3 << 11)
    if r.random() < 0.5:
        iss &= ~(1 << 21)
    above = r.getrandbits(24) << 32 if r.random() < 0.1 else 0
    return ec << 26 | (r.random() < 0.95) << 25 | iss | above


def register(r):
    """Write a register or an address."""
    value = r.getrandbits(r.choice([8, 32, 40, 64]))
    return r.choice(REGISTERS) + r.choice(SEPARATORS) + spelled(r, value)


def event(r):
    """Write a line of a trace."""
    n, before = r.choice([1, 2, 4, 8, 8, 3, 16]), r.choice(LAYOUTS)
    h = lambda bits: f"0x{r.getrandbits(bits):x}"  # noqa: E731
    page, pc = f"0x{r.getrandbits(24) << 12:x}", f"0x{r.getrandbits(64):016x}"
    bytes_ = ", ".join(r.choice([f"{x:#x}", "0", str(x)]) for x in r.randbytes(8))
    kind = r.choice(["read", "write"])
    return r.choice([
        (f"{before}kvm_mmio: mmio {r.choice([kind, 'unsatisfied-read'])} len {n} gpa {h(32)} "
         f"val {h(r.choice([8, 16, 32, 64]))}"),
        f"{before}kvm_mmio: type={r.randrange(3)} len={n} gpa={r.getrandbits(30)} val={h(16)}",
        f"{before}kvm_guest_fault: ipa {page}, hsr {syndrome(r):#08x}, hxfar {h(64)}, pc {pc}",
        f"{before}kvm_mmio_nisv: ipa {page}, esr {syndrome(r):#016x}, far {h(64)}, pc {pc}",
        f"{before}kvm_exit: TRAP: HSR_EC: 0x{r.randrange(64):04x} (DABT_LOW), PC: {pc}",
        f"{before}kvm_userspace_exit:   reason " + r.choice([
            "KVM_EXIT_MMIO (6)", "error (38)", "error (14)", "error (22)", "restart (4)",
            "0x1c (28)", "KVM_EXIT_ARM_NISV (28)", "constructor (1)", "KVM_EXIT_HLT (5)",
        ]),
        "ioctl(13<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0 ("
        + r.choice(["KVM_EXIT_MMIO", "KVM_EXIT_ARM_NISV", "KVM_EXIT_???"]) + ")",
        (f" VCPU:0{r.choice('<>')} {{exit_reason=6 /* KVM_EXIT_MMIO */, {{mmio={{phys_addr={h(32)}"
         f", data=[{bytes_}], len={n}, is_write={r.randrange(2)}}}}}}}"),
        f"99@1.5:memory_region_{r.choice(['ops', 'subpage', 'ram_device'])}_{kind} cpu "
        f"{r.choice([-1, 0, 3])} mr 0x55aa {r.choice(['addr', 'offset'])} {h(28)} value "
        f"{h(r.choice([8, 32, 64]))} size {n}"
        + r.choice(["", " name 'pl011'", " name ''", " name 'a<b>&\"'"]),
        f"Invalid {r.choice([kind, 'access'])} at addr 0x{r.getrandbits(8):X}, size {n}, region "
        f"'{r.choice(['pl011', '', '<i>'])}', reason: "
        + r.choice(["rejected", "unaligned", "invalid size (min:4 max:4)"]),
    ])  # fmt: skip


def line(r):
    """Write a line of any kind."""
    kind = r.randrange(20)
    if kind < 5:
        head = r.choice(["", "[ 12.3] kvm: "]) + r.choice(ESRS) + r.choice(SEPARATORS)
        rest = [register(r) for _ in range(r.randrange(3))]
        return " ".join([head + spelled(r, syndrome(r)), *rest]) + r.choice(["", " ", ", "])
    if kind < 8:
        return " ".join(register(r) for _ in range(r.randrange(1, 4)))
    if kind == 8:
        sctlr = r.choice([0, 1 << 25, 1 << 24, 3 << 24])
        return f"cpsr={spelled(r, r.choice(STATES))} sctlr={spelled(r, sctlr)}"
    if kind == 9:
        return spelled(r, syndrome(r) & 0xFFFFFFFF)
    if kind == 10:
        return f"exit reason 28, esr_iss{r.choice(SEPARATORS)}{r.choice(['0x45', '325', '0x147'])}"
    return event(r) if kind < 18 else r.choice(ODD)


def text(r, most=11):
    """Write some lines."""
    return r.choice(["\n", "\r\n", "\r"]).join(line(r) for _ in range(r.randrange(1, most)))


HOSTILE = (
    "\x00", "\x1b[31m", "\x1b[", "\u202e", "\u2066", "\ufeff", "<script>alert(1)</script>", "&lt;",
    '"', "'", "]]>", "</textarea>", "`", "{0}", "{bytes}", "%s", "${x}", "\\", "\ud800", "🦀",
    "\u2028", "0x", "_", "0x_", "ESR=", "\n", "\r", "\t", "(", "[", "*" * 40, "9" * 400, "f" * 40,
    "__import__('os').abort()", " " * 300,
)  # fmt: skip


def damaged(r):
    """Write some lines, and do them harm."""
    made = text(r, 4)
    for _ in range(r.randrange(1, 6)):
        at, end = sorted(r.randrange(len(made) + 1) for _ in range(2))
        made = r.choice([
            made[:at] + r.choice(HOSTILE) + made[at:],
            made[:at] + made[min(end, at + 4):],
            made[:at] + made[at:at + 30] * 3 + made[at:],
        ])  # fmt: skip
    return made
