"""The parameters of models: what they are, how what people type becomes what is sent."""

from core.studio.parameters.specs import Interpolation, ParameterSpec, ParameterSpecSet, ParameterType

__all__ = ["Interpolation", "ParameterSpec", "ParameterSpecSet", "ParameterType"]
