"""Showing a story: pure functions that return strings (text, SVG)."""
