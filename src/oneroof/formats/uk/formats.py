"""Dates in Ukrainian: 11 липня 2024, and 11 липня 2024, 14:30 EEST."""

DATE_FORMAT = "j E Y"
DATETIME_FORMAT = "j E Y, H:i T"
