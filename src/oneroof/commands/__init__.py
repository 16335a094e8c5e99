"""The command line: one module a command or a small group; heavy modules are imported inside the commands."""
