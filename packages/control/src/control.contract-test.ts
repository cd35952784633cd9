import { createPgliteDatabase } from './index.ts';
import { anomaliesContract } from './testing/anomalies-contract.ts';
import { deadlinesContract } from './testing/deadlines-contract.ts';
import { holdsContract } from './testing/holds-contract.ts';
import { hooksContract } from './testing/hooks-contract.ts';
import { ledgerContract } from './testing/ledger-contract.ts';
import { operatorsContract } from './testing/operators-contract.ts';

const open = () => createPgliteDatabase({ path: 'memory://' });

holdsContract(open);
deadlinesContract(open);
anomaliesContract(open);
hooksContract(open);
operatorsContract(open);
ledgerContract(open);
