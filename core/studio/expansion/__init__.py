"""The expansion language: one text with tokens, lookups and commands becomes the items of an order.

Everything here is a function of text, lookups, model and seed: no database, no clock, no state.
"""

from core.studio.expansion.errors import PairingError
from core.studio.expansion.expanding import expand
from core.studio.expansion.explaining import Stage, explain
from core.studio.expansion.hook_names import HookNames
from core.studio.expansion.lookups import Lookups
from core.studio.expansion.remarks import ExpansionWarning
from core.studio.expansion.results import BatchSummary, ExpandedItem, Expansion, Limits, OrderText, number_in_words
from core.studio.parameters.problems import Severity

__all__ = [
    "BatchSummary",
    "ExpandedItem",
    "Expansion",
    "ExpansionWarning",
    "HookNames",
    "Limits",
    "Lookups",
    "OrderText",
    "PairingError",
    "Severity",
    "Stage",
    "expand",
    "explain",
    "number_in_words",
]
