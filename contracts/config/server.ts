import { z } from 'zod';

/** The section `server` of everturn.yaml. */
export const Server = z.strictObject({
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'The port of the API and the console. Default: 4100, or a free one if that is taken. A port set here must be free.',
    ),
  temporalPort: z.int().min(1).max(65_535).optional().describe('The port of Temporal. Default: 7233, or a free one.'),
  temporalUiPort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('The port of Temporal UI. Default: 8233, or a free one.'),
  postgresPort: z.int().min(1).max(65_535).optional().describe('The port of Postgres. Default: 5433, or a free one.'),
});
