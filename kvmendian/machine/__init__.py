"""What stands round KVM: the guest's CPU and syndrome before it, the readers of the bytes after it.

`guest`, `be32`, `syndrome` with `faults` and `instructions` (the guest's side) · `qemu`,
`vgic`, `consumers` (who reads `mmio.data`) · `vmm`, `mistaken` (who reads it wrongly) · `arm`,
`unicorn_cpu`, `encodings`, `disassembler` (real instructions, without a model of ours).

Public: `guest`, `be32`, `syndrome`, `instructions`, `qemu`, `vgic`, `consumers`, `vmm`,
`mistaken`, `arm`, `encodings`, `disassembler`.
"""
