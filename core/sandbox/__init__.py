"""Stand-ins for the providers Atelier talks to: strict about their protocols, on loopback only."""
