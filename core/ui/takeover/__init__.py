"""Taking over a gallery, as the Accounts screen shows it."""
