"""The database layer: engine, transaction scope, base class and column types."""
