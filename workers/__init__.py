"""Door 3: the processes behind the API. A supervisor keeps them running; each dies with it."""
