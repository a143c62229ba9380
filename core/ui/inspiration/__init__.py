"""The parts of the Inspiration screen."""
