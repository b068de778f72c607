"""What others did: recordings of real kernels, to hold the model against.

Public: `recordings`.
"""
