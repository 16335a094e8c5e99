"""Nations, organisations, their tree, partnerships, coalitions and groups: open to all inside."""
