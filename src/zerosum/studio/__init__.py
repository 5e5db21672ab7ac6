"""The local web app over run folders: it starts trainings as processes of their own, and never holds a loop."""
