"""The briefing: one self-contained page about a plan."""
