"""The tables of the database, one series for the whole house."""
