/** The proxies of a process, named as in its environment. */
export type Proxies = { http_proxy?: string; https_proxy?: string; no_proxy: string };
