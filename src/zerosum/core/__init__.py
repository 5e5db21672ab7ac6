"""What every layer speaks of: spaces, batches, noise, errors, files, events and the registry of recipes."""
