"""Files and folders, and what goes wrong with them."""
