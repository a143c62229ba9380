"""The sandbox, driven over real connections the way a client would."""
