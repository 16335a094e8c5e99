"""People, roles, secondments, markings: who sees what."""
