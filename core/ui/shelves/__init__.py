"""The Collections screen, in parts: collections by hand and by rule, projects, tags, and what was thrown away."""
