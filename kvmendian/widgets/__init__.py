"""The only code that knows Jupyter: Explorer, map, small pictures, exercises."""

from .explorer import Explorer
from .map import Map
from .predict import Predict
from .reader import Reader
from .small import Memory, MmioData, Register

__all__ = ["Explorer", "Map", "Memory", "MmioData", "Predict", "Reader", "Register"]
