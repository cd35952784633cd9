import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPgliteDatabase, type Database } from './index.ts';
import { anomaliesContract } from './testing/anomalies-contract.ts';
import { crashContract } from './testing/crash-contract.ts';
import { deadlinesContract } from './testing/deadlines-contract.ts';
import { expiryContract } from './testing/expiry-contract.ts';
import { holdsContract } from './testing/holds-contract.ts';
import { hooksContract } from './testing/hooks-contract.ts';
import { ledgerContract } from './testing/ledger-contract.ts';
import { operatorsContract } from './testing/operators-contract.ts';
import { robustnessContract } from './testing/robustness-contract.ts';
import { stopContract } from './testing/stop-contract.ts';

const open = (): Promise<Database> => createPgliteDatabase({ path: 'memory://' });

holdsContract(open);
deadlinesContract(open);
expiryContract(open);
anomaliesContract(open);
hooksContract(open);
operatorsContract(open);
ledgerContract(open);
robustnessContract(open);
stopContract(open);
crashContract('PGlite', { address: () => mkdtemp(join(tmpdir(), 'belay-pglite-')), open: (path) => createPgliteDatabase({ path }) });
