"""The only code that knows Jupyter: the Explorer and smaller pictures for lessons."""

from .explorer import Explorer
from .small import Memory, MmioData, Register

__all__ = ["Explorer", "Memory", "MmioData", "Register"]
