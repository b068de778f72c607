"""The kernel's C, read and followed and never run: `source` from `text`, by `machine`.

`expressions`, `values` and `calls` have the language as it is taken: types of an architecture,
promotions, and the kernel's words for byte order.
"""
