"""The planning core: a problem in tables becomes a plan, with no web and no database."""
