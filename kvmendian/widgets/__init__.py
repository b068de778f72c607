"""The only code that knows Jupyter: Explorer, claims to play, map, reader of logs, exercises."""

from .explorer import Explorer
from .fold import Fold
from .map import Map
from .predict import Predict
from .reader import Reader
from .scenario import Scenario
from .sitting import Sit, WarmUp
from .small import Memory, MmioData, Register
from .thread import Thread

__all__ = [
    "Explorer",
    "Fold",
    "Map",
    "Memory",
    "MmioData",
    "Predict",
    "Reader",
    "Register",
    "Scenario",
    "Sit",
    "Thread",
    "WarmUp",
]
