"""The catalogue: providers as configured in this house, and the models they offer."""
