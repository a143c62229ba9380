"""Shelves: projects, collections and tags that products are put in order by."""
