"""`python -m app` is the `provenance` command."""

from app.cli import main

if __name__ == "__main__":
    main(prog_name="provenance")
