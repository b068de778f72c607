"""The road of one access, from lanes upwards: what is computed, and nothing that is drawn.

Read in this order: `lanes` (bytes that move) → `word`, `designs` (the kernel's conversion) →
`setups` (the state space) → `reasons`, `road` (one access, for all values) → `story` (a value put
in) → `atlas` (all setups at once), `sentences` and `proofs` (who keeps which).

Public: `lanes`, `word`, `designs`, `setups`, `road`, `story`, `atlas`, `sentences`,
`proofs`.
"""
