import { openTestPostgres } from '@belay/testkit';
import { afterAll, beforeAll } from 'vitest';
import { createPostgresDatabase } from './index.ts';
import { anomaliesContract } from './testing/anomalies-contract.ts';
import { deadlinesContract } from './testing/deadlines-contract.ts';
import { holdsContract } from './testing/holds-contract.ts';
import { hooksContract } from './testing/hooks-contract.ts';
import { ledgerContract } from './testing/ledger-contract.ts';
import { operatorsContract } from './testing/operators-contract.ts';

let server: Awaited<ReturnType<typeof openTestPostgres>>;
beforeAll(async () => {
  server = await openTestPostgres();
});
afterAll(() => server.stop());

const open = () => createPostgresDatabase({ url: server.url });

holdsContract(open);
deadlinesContract(open);
anomaliesContract(open);
hooksContract(open);
operatorsContract(open);
ledgerContract(open);
