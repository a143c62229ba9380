"""The models that are known without asking: dated, with the ranges the providers publish."""
