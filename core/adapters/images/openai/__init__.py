"""OpenAI's images, and servers that speak like it."""
