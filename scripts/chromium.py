"""Debian's Chromium, as tests and screenshots start it: headless, and asking nobody for anything."""

from pathlib import Path

PROGRAM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
