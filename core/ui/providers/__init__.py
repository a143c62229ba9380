"""The screen of providers and models, in parts: what needs attention, the cards, their settings, the models."""
