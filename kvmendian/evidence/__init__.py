"""What others did, to hold the model against.

`recordings`: real kernels with each of the six designs. `compiled`: the designs as C of our own,
run on seven machines. `measured`: what a kernel did in the state of a story (`story.evidence`).
`vectors`: for others to hold theirs against the model.

Public: `recordings`, `compiled`, `measured`, `vectors`.
"""
