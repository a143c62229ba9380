"""Bundled lists of models with their parameters, each with the day it was written."""
