"""Formats of dates where Django's own are wrong for a language (the setting FORMAT_MODULE_PATH)."""
