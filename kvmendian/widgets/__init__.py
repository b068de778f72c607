"""The only code that knows Jupyter: the Explorer, smaller pictures for lessons, and exercises."""

from .explorer import Explorer
from .predict import Predict
from .reader import Reader
from .small import Memory, MmioData, Register

__all__ = ["Explorer", "Memory", "MmioData", "Predict", "Reader", "Register"]
