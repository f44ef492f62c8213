"""Two pictures laid over each other: where the one lies in the other, and whether they show the same."""
