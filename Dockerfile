# One image for every process of Atelier: screens, sidecar, worker.
# What is needed beyond Python comes inside the wheels, so neither stage installs system packages.

FROM python:3.11-slim-bookworm AS build

ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never

RUN pip install --no-cache-dir --root-user-action=ignore "uv>=0.9,<1"

WORKDIR /app

# Packages first: this layer stays as it is until the lock changes.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project

# Atelier runs from its checkout: Home.py, pages/ and migrations/ lie beside core/.
COPY . .
RUN uv sync --locked --no-dev && .venv/bin/python -m compileall -q core


FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin atelier \
    && install --directory --owner=atelier --group=atelier --mode=0700 /data

COPY --from=build /app /app

WORKDIR /app
USER atelier

ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ATELIER_DATA_DIR=/data \
    ATELIER_HOST=0.0.0.0 \
    ATELIER_PORT=8501 \
    ATELIER_LOG_FORMAT=json

VOLUME /data
EXPOSE 8501

# For the screens. compose.yaml asks the sidecar at its own port; a worker has none.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os; line = http.client.HTTPConnection('127.0.0.1', int(os.environ['ATELIER_PORT']), timeout=4); line.request('GET', '/healthz'); raise SystemExit(line.getresponse().status != 200)"]

CMD ["atelier", "web"]
