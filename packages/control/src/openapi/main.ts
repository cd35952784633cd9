import { writeFile } from 'node:fs/promises';
import { openApiDocument } from './document.ts';

/** Writes docs/openapi.json: `node --conditions=belay-source packages/control/src/openapi/main.ts`, part of `npm run generate`. */
await writeFile(new URL('../../../../docs/openapi.json', import.meta.url), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
