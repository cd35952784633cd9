import { Option } from 'commander';

/** `--capture redacted|off` of what runs over recordings. */
export const captureOption = (): Option =>
  new Option('--capture <content>', 'off: judge by features, destinations and digests alone, as with content capture off at the agent')
    .choices(['redacted', 'off'])
    .default('redacted');
