# One image for the four apps. docker-compose.yml says which app a container runs. Node runs the
# sources without a build.
FROM node:24-bookworm-slim AS base
WORKDIR /app

FROM base AS dependencies
RUN npm install --global pnpm@12.21.0
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch --prod
COPY . .
RUN pnpm install --offline --frozen-lockfile --prod

FROM base AS product
ENV NODE_ENV=production
ENV HOST=0.0.0.0
ENV ARTIFACTS_DIR=/data/artifacts
ENV LEDGER_URL=file:/data/ledger/ledger.sqlite
RUN mkdir -p "$ARTIFACTS_DIR" /data/ledger && chown -R node:node /data
COPY --from=dependencies /app ./
USER node
VOLUME /data
# One of ingestor, generation-worker, delivery-worker, admin, and its port.
ENV APP=ingestor
ENV APP_PORT=4001
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.APP_PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# A smaller young generation takes 30 MB less.
CMD ["sh", "-c", "exec node --max-semi-space-size=4 apps/$APP/src/main.ts"]
