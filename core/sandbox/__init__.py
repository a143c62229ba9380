"""Stand-in servers that speak the providers' protocols on loopback."""
