import { openTestPostgres } from '@belay/testkit';
import { afterAll, beforeAll } from 'vitest';
import { createPostgresDatabase } from './index.ts';
import { holdsContract } from './testing/holds-contract.ts';

let server: Awaited<ReturnType<typeof openTestPostgres>>;
beforeAll(async () => {
  server = await openTestPostgres();
});
afterAll(() => server.stop());

const open = () => createPostgresDatabase({ url: server.url });

holdsContract(open);
