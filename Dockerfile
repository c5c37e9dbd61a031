# One image, several commands: `polder worker` (default), `polder site`, `polder db upgrade`, and every other `polder` command.

FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements-dev.txt ./
# hatchling and its own needs, from the lock; the wheel is built without anything that is not locked
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements-dev.txt
COPY . .
RUN python -m hatchling build -t wheel -d /wheels

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 POLDER_STATE=/var/lib/polder POLDER_ASSETS=/app/node_modules
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --no-deps /wheels/*.whl
COPY --from=assets /build/node_modules /app/node_modules
COPY docker/worker-health.sh /app/worker-health.sh
RUN useradd --uid 10001 --no-create-home polder && install -d -o polder -g polder /var/lib/polder
USER polder
# exec form: Python itself gets SIGTERM and hands its work over before it goes
CMD ["polder", "worker"]
