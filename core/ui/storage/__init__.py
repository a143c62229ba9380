"""The Storage & trash screen of administrators, in parts."""
