"""Files of strangers read by confined programs: what a file is, and its frames."""
