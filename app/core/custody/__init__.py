"""The audit chain and its check, from the standard library alone: exports carry both files."""
