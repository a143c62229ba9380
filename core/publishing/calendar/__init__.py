"""What goes out when: one person's days with everything planned, foreseen and done."""
