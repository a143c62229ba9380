"""Where a word about what was just done waits for the next drawing of the screen."""

TOAST = "orders.toast"
