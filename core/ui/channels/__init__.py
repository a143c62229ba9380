"""The parts of the Notifications screen."""
