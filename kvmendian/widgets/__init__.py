"""The only code that knows Jupyter: the Explorer and smaller pictures for lessons."""

from .explorer import Explorer

__all__ = ["Explorer"]
