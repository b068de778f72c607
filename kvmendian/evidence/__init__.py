"""What others did, to hold the model against.

`recordings`: real kernels with each of the six designs; `recordings.said`: what Linux's own tools
said there, line by line. `compiled`: the designs as C of our own, run on seven machines.
`measured`: what a kernel did in the state of a story (`story.evidence`). `logs`: what people paste
(`kvmendian.read`). `vectors`: for others to hold theirs against the model.

Public: `recordings`, `recordings.said`, `compiled`, `measured`, `vectors`.
"""
