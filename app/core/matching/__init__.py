"""One query against a library: which items to look at, what is usual material, and the answer."""
