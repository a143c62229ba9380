"""What goes out, where and when."""
