"""What is done with a call before it is made, each in a file of its own."""
