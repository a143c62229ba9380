"""What became of posts after they went out, and of an account's works from before."""
