"""The only code that knows Jupyter: the Explorer, claims to play, small pictures, exercises."""

from .explorer import Explorer
from .predict import Predict
from .scenario import Scenario
from .small import Memory, MmioData, Register

__all__ = ["Explorer", "Memory", "MmioData", "Predict", "Register", "Scenario"]
