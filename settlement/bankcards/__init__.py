"""Settlement cards: numbers, issuing banks, and whether a card may be registered (R-039 … R-048)."""
