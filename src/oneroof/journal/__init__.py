"""Who did what and why: one chain of events for each party, and the only way to write records."""
