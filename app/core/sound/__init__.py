"""What two items share by sound."""
