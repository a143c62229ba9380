"""Calls handed to a process of their own, so that whoever ordered them may die meanwhile."""
