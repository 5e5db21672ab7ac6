"""Runs as pages see them while they are trained and afterwards, and what a person does with them."""
