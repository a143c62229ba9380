"""Private notes at the site, as far as it still serves them, with labels and templates of our own."""
