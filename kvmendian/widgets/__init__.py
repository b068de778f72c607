"""The only code that knows Jupyter: the Explorer, smaller pictures for lessons, and exercises."""

from .explorer import Explorer
from .fold import Fold
from .predict import Predict
from .sitting import Sit, WarmUp
from .small import Memory, MmioData, Register

__all__ = ["Explorer", "Fold", "Memory", "MmioData", "Predict", "Register", "Sit", "WarmUp"]
