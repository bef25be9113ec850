"""English formats: one way to write a day and one for a moment, which all who read English read the same."""

# Django's own are "Nov. 28, 2026", "11/28/2026", "Nov. 28, 2026, noon" and "11/28/2026 noon".
DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j M"
YEAR_MONTH_FORMAT = "M Y"
