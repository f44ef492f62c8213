"""What a file says about its own origin: signed credentials, metadata, and how it was written.

Every part of it is read by a child program without network, because the file is hostile until
proven otherwise. What is read is what the file *says*: nothing here concludes anything.
"""
