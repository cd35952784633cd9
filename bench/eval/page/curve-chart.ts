import { INK } from 'belay';
import type { CurvePoint } from '../evaluate-curve.ts';
import type { QualityChart } from './quality-charts.ts';
import type { QualityResults } from './quality-results.ts';
import { type Reading, readingAt } from './reading.ts';

const PRIOR = { domain: ['with a fleet prior', 'alone'], range: [INK.blue, INK.yellow] };
const ATTACKS = ['first of its kind', 'repeats'];

const share = (reading: Reading): number | null => (reading.kind === 'share' ? reading.value : null);

function rowsOf({ alarmAt, fleetPrior, isShipped, metrics }: CurvePoint) {
  const [first, repeats] = ['first_of_kind', 'repeats'].map((path) => share(readingAt(metrics, ['recall', path])));
  const falseAlarms = share(readingAt(metrics, ['false_alarms', 'clean_unexposed']));
  const common = { alarmAt, falseAlarms, prior: fleetPrior ? PRIOR.domain[0] : PRIOR.domain[1], isShipped };
  return [
    { ...common, attacks: ATTACKS[0], recall: first },
    { ...common, attacks: ATTACKS[1], recall: repeats },
  ];
}

/** The whole trade-off of `novel_endpoint`: attacks found against healthy runs with an alarm, by threshold. */
export function curveChart({ curve }: QualityResults): QualityChart | undefined {
  if (curve === undefined) return undefined;
  const values = curve.points.flatMap(rowsOf);
  const at = (prior: string | undefined) => values.find((row) => row.isShipped && row.prior === prior && row.attacks === ATTACKS[0]);
  const [fleet, alone] = PRIOR.domain.map(at);
  const says = `As shipped ${fleet?.recall ?? '–'} % of new attacks are found at ${fleet?.falseAlarms ?? '–'} % alarms; alone ${alone?.recall ?? '–'} % at ${alone?.falseAlarms ?? '–'} %`;
  const metrics = curve.points[0]?.metrics;
  const [first, repeats, clean] = [
    ['recall', 'first_of_kind'],
    ['recall', 'repeats'],
    ['false_alarms', 'clean_unexposed'],
  ].map((path) => {
    const reading = readingAt(metrics, path);
    return reading.kind === 'share' ? reading.n : 0;
  });
  return {
    name: 'novel-endpoint-curve',
    says,
    spec: {
      title: {
        text: [says.slice(0, says.indexOf(';') + 1), says.slice(says.indexOf(';') + 2)],
        subtitle: `agentdojo, all agents: n = ${first} first attacks, ${repeats} repeats, ${clean} healthy unexposed runs; numbers: threshold in points; large: shipped`,
      },
      data: { values },
      facet: {
        column: { field: 'attacks', type: 'nominal', sort: ATTACKS, title: null, header: { labelFontSize: 12.5, labelFontWeight: 'bold' } },
      },
      spec: {
        width: 330,
        height: 300,
        encoding: {
          x: {
            field: 'falseAlarms',
            type: 'quantitative',
            title: 'healthy, unexposed runs with an alarm, %',
            scale: { type: 'symlog', constant: 2, domainMin: 0 },
          },
          y: { field: 'recall', type: 'quantitative', title: "attacks found by the attacker's call, %", scale: { domain: [0, 100] } },
          color: { field: 'prior', type: 'nominal', scale: PRIOR },
          order: { field: 'alarmAt' },
        },
        layer: [
          { mark: { type: 'line', strokeWidth: 2 } },
          {
            mark: { type: 'point', filled: true, opacity: 1 },
            encoding: { size: { condition: { test: 'datum.isShipped', value: 150 }, value: 36 } },
          },
          { mark: { type: 'text', dy: -11, fontSize: 10 }, encoding: { text: { field: 'alarmAt' } } },
        ],
      },
    },
  };
}
