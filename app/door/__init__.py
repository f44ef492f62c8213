"""What both doors, API and desk, are given for a request."""
