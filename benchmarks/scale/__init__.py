"""What search costs at 10^4 … 10^7 known frames, and what a minute of footage takes to store."""
