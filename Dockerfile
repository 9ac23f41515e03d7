# Workers of agents and of scripts, API and offline model from one image: the command says which.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npx vite build ui && npm prune --omit=dev

FROM node:24-slim
# Certificates for Temporal Cloud and model providers; git because agents work in repositories.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir /project && chown node:node /project
ENV EVERTURN_PROJECT=/project
USER node
CMD ["node", "api/main.ts"]
