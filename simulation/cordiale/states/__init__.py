"""The states as Mesa agents: every one lives in all worlds of a block at once."""
