"""Where the studio ends and publishing begins: products become drafts, and what became of a product."""
