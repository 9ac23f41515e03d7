import { createHubs } from './hubs.ts';
import { openFor } from './open.ts';
import type { ToPage } from './wire.ts';

/** The script of the shared worker: it follows streams for every page of the browser. */
const hubs = createHubs({ open: openFor });

const serve = (port: MessagePort): void => {
  let gathered: ToPage[] = [];
  const receive = hubs.connect((news) => {
    // What one piece of the stream brings is one message for the page.
    if (gathered.length === 0) {
      setTimeout(() => {
        const all = gathered;
        gathered = [];
        port.postMessage(all);
      });
    }
    gathered.push(news);
  });
  port.onmessage = ({ data }) => receive(data);
};

addEventListener('connect', (event) => {
  if (event instanceof MessageEvent) for (const port of event.ports) serve(port);
});
