"""Two reels laid over each other: along which line of time they show the same, and what is hidden."""
