"""What a function makes of all values: lanes, then bits, then terms that a solver decides.

`word` (in the folder above) follows bytes. A learner's function that does more runs on `symbols`,
on every one of its `paths`; `images` has what it makes, as `terms`, if its code may be believed
(`purity`); `judge` compares, by `bits` or the `solver`; `guard` ends what does not end.
"""
