"""What is done with a picture that was made, each in a file of its own."""
