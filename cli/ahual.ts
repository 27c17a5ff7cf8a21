// The bin behind cli/bin.mjs: picks a command and prints an error as a person reads it.
import { Command } from 'commander';
import { AhualError, messageOf } from '#core/errors';
import { withoutSecrets } from '#core/log';
import { commands } from './commands/list.ts';

/** Prints what went wrong in one place: our own errors without a stack, anything else with one. */
function complain(thrown: unknown): void {
  if (thrown instanceof AhualError) {
    process.stderr.write(`ahual: ${withoutSecrets(thrown.toString())}\n`);
    return;
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  process.stderr.write(`ahual: ${withoutSecrets(stack)}\n`);
}

/** Runs one command line (without node and script) and sets the exit code: 0 done, 1 a bar missed, 2 could not, 3 wrong use. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('ahual')
    .description("The eyes of a city's situational centre.")
    .helpCommand(true)
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const add of commands) add(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    if (
      typeof thrown === 'object' &&
      thrown !== null &&
      'code' in thrown &&
      String(thrown.code).startsWith('commander.')
    ) {
      const isHelp = 'exitCode' in thrown && thrown.exitCode === 0;
      process.exitCode = isHelp ? 0 : 3;
      return;
    }
    complain(thrown);
    process.exitCode = 2;
  }
}
