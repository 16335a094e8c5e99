"""What happened, as a party may see it: the history of a record, a record as of a date, the log, one's own chain."""
