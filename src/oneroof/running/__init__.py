"""Running the server: logs, health, metrics, the database's roles, backups; it reads no party's records."""
