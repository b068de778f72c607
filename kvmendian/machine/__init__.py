"""What stands round KVM: the guest's CPU and syndrome before it, the readers of the bytes after it.

`guest`, `syndrome` with `faults` and `instructions` (the guest's side) · `qemu`, `vgic`,
`consumers` (who reads `mmio.data`) · `arm`, `unicorn_cpu`, `encodings` (real instructions, without
a model of ours).
"""
