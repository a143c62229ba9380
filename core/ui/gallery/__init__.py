"""The gallery: a board of pictures made for culling by keyboard, and what stands around it."""
