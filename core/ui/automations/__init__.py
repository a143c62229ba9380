"""Components of the Automations screen."""
