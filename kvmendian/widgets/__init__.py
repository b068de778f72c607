"""The only code that knows Jupyter: Explorer, map, small pictures, exercises."""

from .explorer import Explorer
from .map import Map
from .predict import Predict
from .small import Memory, MmioData, Register
from .thread import Thread

__all__ = ["Explorer", "Map", "Memory", "MmioData", "Predict", "Register", "Thread"]
