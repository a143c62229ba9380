"""Parts of the two screens under Sell: price presets and the sale queue."""
