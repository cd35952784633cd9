import { type DetectorMode, vocabulary } from '@belay/protocol';
import { InvalidArgumentError } from 'commander';

/** A detector in a mode, to be tried. */
export interface ModeTrial {
  readonly detector: string;
  readonly mode: DetectorMode;
}

const isMode = (word: string): word is DetectorMode => (vocabulary.DETECTOR_MODES as readonly string[]).includes(word);

/** Parses `loop=warn`; may be given more than once. @throws InvalidArgumentError, which names the option. */
export function parseModeTrial(text: string, before: readonly ModeTrial[]): ModeTrial[] {
  const [detector = '', mode = ''] = text.split('=');
  if (detector === '' || !isMode(mode))
    throw new InvalidArgumentError(`Give a detector and a mode of ${vocabulary.DETECTOR_MODES.join(', ')}: spend_rate=enforce.`);
  return [...before, { detector, mode }];
}
