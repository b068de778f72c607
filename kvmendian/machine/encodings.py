"""Ready-made encodings: these run where no assembler is installed (keystone has no arm64 wheel)."""

from __future__ import annotations

from typing import Literal, TypeAlias

Isa: TypeAlias = Literal["a32", "t32", "a64"]
"""An instruction set of Arm: A32 and T32 of AArch32, A64 of AArch64."""

# Machine code in address order. A test assembles them again, where keystone is.
_A32 = """
000201f1 setend be
000001f1 setend le
0000c1e5 strb r0, [r1]
b000c1e1 strh r0, [r1]
000081e5 str r0, [r1]
0000d1e5 ldrb r0, [r1]
b000d1e1 ldrh r0, [r1]
000091e5 ldr r0, [r1]
d000d1e1 ldrsb r0, [r1]
f000d1e1 ldrsh r0, [r1]
f020c1e1 strd r2, r3, [r1]
d020c1e1 ldrd r2, r3, [r1]
300fbfe6 rev r0, r0
b00fbfe6 rev16 r0, r0
b00fffe6 revsh r0, r0
"""
_T32 = """
58b6     setend be
50b6     setend le
0870     strb r0, [r1]
0880     strh r0, [r1]
0860     str r0, [r1]
0878     ldrb r0, [r1]
0888     ldrh r0, [r1]
0868     ldr r0, [r1]
91f90000 ldrsb r0, [r1]
b1f90000 ldrsh r0, [r1]
c1e90023 strd r2, r3, [r1]
d1e90023 ldrd r2, r3, [r1]
00ba     rev r0, r0
40ba     rev16 r0, r0
c0ba     revsh r0, r0
"""
_A64 = """
20000039 strb w0, [x1]
20000079 strh w0, [x1]
200000b9 str w0, [x1]
20004039 ldrb w0, [x1]
20004079 ldrh w0, [x1]
200040b9 ldr w0, [x1]
2000c039 ldrsb w0, [x1]
2000c079 ldrsh w0, [x1]
200000f9 str x0, [x1]
200040f9 ldr x0, [x1]
20008039 ldrsb x0, [x1]
20008079 ldrsh x0, [x1]
200080b9 ldrsw x0, [x1]
220c0029 stp w2, w3, [x1]
220c4029 ldp w2, w3, [x1]
220c00a9 stp x2, x3, [x1]
220c40a9 ldp x2, x3, [x1]
0008c05a rev w0, w0
000cc0da rev x0, x0
0004c05a rev16 w0, w0
0004c0da rev16 x0, x0
0008c0da rev32 x0, x0
"""

ENCODINGS = {
    (isa, line[9:]): bytes.fromhex(line[:8])
    for isa, table in (("a32", _A32), ("t32", _T32), ("a64", _A64))
    for line in table.strip().splitlines()
}
"""(instruction set, instruction) to machine code."""
