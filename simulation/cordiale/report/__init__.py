"""A study as one HTML file that needs nothing else: read it on a screen, print it, mail it."""
