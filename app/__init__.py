"""Provenance Desk: find re-used footage, show what was done to it, keep the verification record."""

__version__ = "0.1.0"
