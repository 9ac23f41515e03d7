import { config } from 'zod';

// zod compiles parsers with `new Function`, which a page's security policy forbids. It decides when a schema is made:
// a page imports this module before all others.
config({ jitless: true });
