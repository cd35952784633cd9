const MAX_LENGTH = 4096;
const MAX_COMMANDS = 32;
const MAX_WORDS = 64;
const SEPARATORS = ';|&\n(){}';
const HEREDOC: RegExp = /<<-?[ \t]*(['"]?)(\w{1,64})\1[^\n]*\n/y;

/**
 * The simple commands of a shell script as lists of words: split at operators, quotes removed, bodies of here-documents skipped, command
 * substitutions read as commands of their own. Reads the first 4,096 characters, in linear time; never fails, whatever the text.
 */
export function shellCommands(script: string): string[][] {
  const reader = new ShellReader(script.slice(0, MAX_LENGTH));
  return reader.read();
}

class ShellReader {
  private readonly commands: string[][] = [];
  private words: string[] = [];
  private word = '';
  private isOpen = false;
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): string[][] {
    while (this.at < this.text.length && this.commands.length < MAX_COMMANDS) this.step(this.text[this.at] ?? '');
    this.endCommand();
    return this.commands;
  }

  private step(unit: string): void {
    if (unit === "'") this.single();
    else if (unit === '"') this.double();
    else if (unit === '\\') this.escaped();
    else if (unit === '`' || SEPARATORS.includes(unit)) this.separate();
    else if (unit === ' ' || unit === '\t' || unit === '\r') this.endWord(1);
    else if (unit === '<' && this.skipHeredoc()) this.endWord(0);
    else if (unit === '>' || unit === '<') this.redirect();
    else if (unit === '#' && !this.isOpen) this.at = this.lineEnd();
    else this.take(unit);
  }

  private take(unit: string): void {
    this.word += unit;
    this.isOpen = true;
    this.at++;
  }

  private single(): void {
    const end = this.text.indexOf("'", this.at + 1);
    const stop = end < 0 ? this.text.length : end;
    this.word += this.text.slice(this.at + 1, stop);
    this.isOpen = true;
    this.at = stop + 1;
  }

  /** Inside double quotes a substitution still runs: what follows `$(` or a backtick is read as a command. */
  private double(): void {
    this.isOpen = true;
    this.at++;
    while (this.at < this.text.length) {
      const unit = this.text[this.at] ?? '';
      if (unit === '"') break;
      if (unit === '`' || (unit === '$' && this.text[this.at + 1] === '(')) {
        this.at += unit === '`' ? 1 : 2;
        this.endCommand();
        return;
      }
      if (unit === '\\') this.at++;
      this.word += this.text[this.at] ?? '';
      this.at++;
    }
    this.at++;
  }

  private escaped(): void {
    const next = this.text[this.at + 1] ?? '';
    if (next !== '\n' && next !== '') this.take(next);
    else this.at++;
    this.at++;
    if (next !== '\n' && next !== '') this.at = Math.min(this.at, this.text.length);
  }

  private separate(): void {
    if (this.word === '$') this.word = '';
    this.endCommand();
    this.at++;
  }

  /** The file of a redirection is no argument. */
  private redirect(): void {
    if (/^\d$/.test(this.word)) this.word = '';
    this.isOpen = this.word !== '';
    this.endWord(0);
    while (this.at < this.text.length && '<>& \t'.includes(this.text[this.at] ?? '')) this.at++;
    while (this.at < this.text.length && !/[\s;|&<>()`]/.test(this.text[this.at] ?? '')) this.at++;
  }

  private skipHeredoc(): boolean {
    HEREDOC.lastIndex = this.at;
    const opened = HEREDOC.exec(this.text);
    if (opened === null) return false;
    const closed = this.text.indexOf(`\n${opened[2]}`, HEREDOC.lastIndex - 1);
    const bodyEnd = closed < 0 ? this.text.length : closed + 1 + (opened[2]?.length ?? 0);
    this.endWord(0);
    this.at = bodyEnd;
    return true;
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  private endWord(step: number): void {
    if (this.isOpen && this.words.length < MAX_WORDS) this.words.push(this.word);
    this.word = '';
    this.isOpen = false;
    this.at += step;
  }

  private endCommand(): void {
    this.endWord(0);
    if (this.words.length > 0) this.commands.push(this.words);
    this.words = [];
  }
}
