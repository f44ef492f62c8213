"""What people and machines outside read: values in, HTML, PDF and JSON-LD out."""
