"""A claim made playable: its cases as squares, the toggles that decide it, and a small picture.

Public: `board`, `Board`, `document`, `packed`, `ANSWERS`.
"""

from .document import ANSWERS, Board, board, document, packed

__all__ = ["ANSWERS", "Board", "board", "document", "packed"]
