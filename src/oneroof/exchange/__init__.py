"""Exchange with others: workbooks, templates and published data sets."""
