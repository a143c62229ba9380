"""Components of the Templates screen, and the picker of templates that other screens show."""
