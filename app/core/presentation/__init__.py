"""What was found, drawn and told to a person: pictures, timelines, contact sheets."""
