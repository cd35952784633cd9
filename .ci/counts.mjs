// Sums vitest JSON reports: prints "N passed, N failed[, N skipped]"; exit 1 when something failed, or when nothing ran.
import { existsSync, readFileSync } from 'node:fs';

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    totals.failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  totals.passed += report.numPassedTests;
  totals.failed += Math.max(report.numFailedTests, report.success ? 0 : 1);
  totals.skipped += report.numPendingTests + report.numTodoTests;
}
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
