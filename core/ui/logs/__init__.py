"""The parts of the Execution logs screen."""
