"""Games: players, turns, priors, objectives and penalties."""
