"""What tests stand on: a private PostgreSQL server, processes, a browser."""
