"""What a monitor can ask about the API."""

from prometheus_client import Counter

requests = Counter(
    "atelier_api_requests_total", "Requests of programs, by how they were answered.", ["method", "status"]
)
deliveries = Counter("atelier_api_deliveries_total", "Files that programs sent.", ["outcome"])
