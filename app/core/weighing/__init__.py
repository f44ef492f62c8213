"""What speaks for a match, how much that weighs, and what is told of it."""
