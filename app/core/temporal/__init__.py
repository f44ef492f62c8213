"""Which stretch of the query runs along which stretch of a known item, by what their frames resemble."""
