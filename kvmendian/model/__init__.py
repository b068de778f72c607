"""The road of one access, from lanes upwards: what is computed, and nothing that is drawn.

Read in this order: `lanes` (bytes that move) → `word`, `designs`, `kernels` (the six) →
`setups` (the state space) → `reasons`, `steps`, `road` (one access, for all values) → `story` (a
value put in) → `atlas` (all setups at once), `sentences` and `proofs` (who keeps which).

`solve/` decides functions that compute, and `c/` reads the kernel's C: for `proofs`, behind
`designs`.

Public: `lanes`, `word`, `designs`, `kernels`, `setups`, `steps`, `road`, `story`, `atlas`,
`sentences`, `proofs`.
"""
