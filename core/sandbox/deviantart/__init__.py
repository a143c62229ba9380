"""DeviantArt's HTTP protocol (minor version 20240701), as its public documentation describes it."""
