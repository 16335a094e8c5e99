"""Points of contact and liaison posts."""
