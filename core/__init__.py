"""Atelier: order, cull, publish, price and account for pictures made with AI models."""
