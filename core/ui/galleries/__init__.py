"""Components of the Galleries screen."""
