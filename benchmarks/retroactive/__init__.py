"""Alerts about the past, beside those of a search that comes after."""
