"""Showing a story: pure functions that return strings (text, SVG).

Public: `text`, `svg`, `table`. The other modules draw their parts.
"""
