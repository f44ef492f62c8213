"""What was done to the known footage, from what was measured of it."""
