"""Metering: what every call to a provider used and cost, and the sums that screens read."""
