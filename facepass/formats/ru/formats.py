"""Russian formats."""

# Django's own is "j F", which gives the nominative: «28 Ноябрь». E is the month as it stands after a day: «28 ноября».
MONTH_DAY_FORMAT = "j E"
