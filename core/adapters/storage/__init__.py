"""Object stores: a folder or any S3 endpoint."""
