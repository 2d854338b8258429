# syntax=docker/dockerfile:1
# The program on its production dependencies alone, and the built explorer. Node is the image's own, and Postgres is elsewhere: optional dependencies stay out.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional

# The explorer needs the development dependencies and the optional ones: the bundler is a binary.
FROM node:24-bookworm-slim AS explorer
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY build-explorer.ts tsconfig.json ./
COPY src src
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY drizzle drizzle
COPY src src
COPY --from=explorer /app/dist-explorer dist-explorer
USER node
EXPOSE 4000
# For the API. docker-compose.yml has the one of a worker.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself, so that it gets the signals.
ENTRYPOINT ["node", "--import", "./src/cli/quick-start.js", "src/main.ts"]
CMD ["serve"]
