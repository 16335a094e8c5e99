"""Nodes, legs, their capacities and closures."""
