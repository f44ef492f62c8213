"""What desks tell each other of material without showing it: lists of hashes, bundles of fingerprints."""
