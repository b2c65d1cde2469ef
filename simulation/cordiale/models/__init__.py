"""The models: each moves a block of worlds a quarter at a time."""
