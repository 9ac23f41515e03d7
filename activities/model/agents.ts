import http from 'node:http';
import https from 'node:https';
import type { Proxies } from '../../contracts/proxies.ts';

export type HttpAgents = { 'http:': http.Agent; 'https:': https.Agent };

const options = { keepAlive: true, scheduling: 'lifo' } as const;
const opened = new Map<string, HttpAgents>();

/** Connections are kept for the next request of any session, and so are agents: each configuration makes new clients. */
export const agentsFor = (proxies: Proxies | null): HttpAgents => {
  const name = JSON.stringify(proxies);
  const known = opened.get(name);
  if (known) return known;
  const own = proxies ? { ...options, proxyEnv: proxies } : options;
  const agents = { 'http:': new http.Agent(own), 'https:': new https.Agent(own) };
  opened.set(name, agents);
  return agents;
};
