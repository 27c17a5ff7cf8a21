# One image for every process of Ahual. The command names the process: scheduler, worker, judge, dashboard, migrate.
# node-av brings FFmpeg libraries built as GPLv3: an image that contains it is a GPLv3 matter (NOTICE.md). Build with
# --build-arg WAYS=ffmpeg to leave node-av out; the second way, Debian's ffmpeg in its own process, is then used.
FROM node:20-bookworm-slim AS build
ARG WAYS=node-av
WORKDIR /ahual
COPY package.json package-lock.json .npmrc ./
RUN npm ci && if [ "$WAYS" = ffmpeg ]; then rm -rf node_modules/node-av node_modules/@seydx; fi
COPY . .
RUN node cli/bin.mjs build && npm prune --omit=dev

FROM node:20-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg tini && rm -rf /var/lib/apt/lists/*
WORKDIR /ahual
COPY --from=build --chown=node:node /ahual /ahual
RUN mkdir -p /var/lib/ahual && chown node:node /var/lib/ahual
USER node
ENV NODE_ENV=production AHUAL_CONFIG=/etc/ahual/ahual.yml AHUAL_SET_DATA__FOLDER=/var/lib/ahual
VOLUME /var/lib/ahual
ENTRYPOINT ["tini", "--", "node", "--enable-source-maps", "/ahual/.build/main.js"]
CMD ["dashboard"]
