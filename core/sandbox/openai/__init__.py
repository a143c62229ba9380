"""A stand-in for OpenAI's images."""
