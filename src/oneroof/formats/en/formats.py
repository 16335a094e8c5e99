"""Dates in English: 11 Jul 2024, and 11 Jul 2024, 14:30 EEST."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i T"
