"""From a file to what is kept of it: descriptors, hashes, sound, pictures and the reel."""
