"""Looking at what others publish, without asking the site twice for the same."""
