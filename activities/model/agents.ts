import http from 'node:http';
import https from 'node:https';

export type HttpAgents = { 'http:': http.Agent; 'https:': https.Agent };

/** As Node reads them from the environment. */
export type ProxyVariables = { http_proxy?: string; https_proxy?: string; no_proxy?: string };

const options = { keepAlive: true, scheduling: 'lifo' } as const;
const opened = new Map<string, HttpAgents>();

/** Connections are kept for the next request of any session, and so are agents: clients are created again with each configuration. */
export const agentsFor = (proxies: ProxyVariables | null): HttpAgents => {
  const name = JSON.stringify(proxies);
  const known = opened.get(name);
  if (known) return known;
  const own = proxies ? { ...options, proxyEnv: proxies } : options;
  const agents = { 'http:': new http.Agent(own), 'https:': new https.Agent(own) };
  opened.set(name, agents);
  return agents;
};
