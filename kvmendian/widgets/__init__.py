"""The only code that knows Jupyter: Explorer, claims to play, map, reader of logs, exercises."""

from .explorer import Explorer
from .map import Map
from .predict import Predict
from .reader import Reader
from .scenario import Scenario
from .small import Memory, MmioData, Register

__all__ = ["Explorer", "Map", "Memory", "MmioData", "Predict", "Reader", "Register", "Scenario"]
