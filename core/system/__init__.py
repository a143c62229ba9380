"""What keeps the house running: audit, intents, notifications, heartbeats."""
