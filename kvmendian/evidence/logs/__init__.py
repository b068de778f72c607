"""What a person has in hand, read: syndromes, trace lines, instructions, error texts, bytes."""
