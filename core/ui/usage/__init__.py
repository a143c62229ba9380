"""Parts of the Usage & costs screen."""
