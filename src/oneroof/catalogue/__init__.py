"""Items, stock numbers, capability packages, substitutes."""
