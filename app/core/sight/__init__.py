"""What two items share by sight: each run of aligned frames proven, one way after the other."""
