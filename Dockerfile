# One image for every service: `belay up --roles …` says which of them a container is.
FROM node:24.21-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/protocol/package.json packages/protocol/
COPY packages/bus/package.json packages/bus/
COPY packages/store/package.json packages/store/
COPY packages/instrumentation/package.json packages/instrumentation/
COPY packages/collector/package.json packages/collector/
COPY packages/detector/package.json packages/detector/
COPY packages/control/package.json packages/control/
COPY packages/belay/package.json packages/belay/
COPY packages/testkit/package.json packages/testkit/
RUN npm install --no-save --ignore-scripts
COPY tsconfig.base.json tsconfig.json ./
COPY packages packages
# the image brings its own Node, so the carried one stays out
RUN node node_modules/typescript/bin/tsc -b \
  && npm prune --no-save --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24.21-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY package.json ./
RUN groupadd --system --gid 10001 belay && useradd --system --uid 10001 --gid belay --home-dir /data belay \
  && install -d -o belay -g belay -m 700 /data && ln -s /app/packages/belay/bin/belay.mjs /usr/local/bin/belay
USER belay
VOLUME /data
EXPOSE 4318 4319 9464
# a young generation that outlasts a request, no full collection for buffers alone: what the collector's bench runs with (docs/collector.md, Speed)
ENTRYPOINT ["node", "--single-threaded-gc", "--max-semi-space-size=128", "--min-semi-space-size=128", "--external-memory-accounted-in-global-limit", "/app/packages/belay/dist/main.js"]
CMD ["up", "--data", "/data"]
