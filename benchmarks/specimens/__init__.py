"""Photos of invented cards, drawn by a seed: what is measured on, and what fixtures are made of."""
