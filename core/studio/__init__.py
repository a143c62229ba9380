"""The studio: making pictures with models, in batches, and choosing among them."""
