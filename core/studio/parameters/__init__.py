"""The parameters of models: what they are, how what people type becomes what is sent."""

from core.studio.parameters.casting import CastError, cast
from core.studio.parameters.names import Names
from core.studio.parameters.problems import Problem, Severity
from core.studio.parameters.resolving import CarriedOver, Resolved, carry_over, merge_defaults, resolve
from core.studio.parameters.specs import Interpolation, ParameterSpec, ParameterSpecSet, ParameterType

__all__ = [
    "CarriedOver",
    "CastError",
    "Interpolation",
    "Names",
    "ParameterSpec",
    "ParameterSpecSet",
    "ParameterType",
    "Problem",
    "Resolved",
    "Severity",
    "carry_over",
    "cast",
    "merge_defaults",
    "resolve",
]
