// `ahual up`: the product from one command, until Ctrl-C.
import type { Command } from 'commander';
import { standUp } from '../stand.ts';

/** Adds the command that starts everything on this machine. */
export function addUp(program: Command): void {
  program
    .command('up')
    .description('start everything on this machine: database, simulated city if configured, all processes')
    .action(async () => {
      const stop = new AbortController();
      const say = (text: string): void => void process.stderr.write(`ahual: ${text}\n`);
      const asked = new Promise<void>((resolve) => {
        const end = (): void => {
          stop.abort(new Error('stopped'));
          resolve();
        };
        process.once('SIGINT', end);
        process.once('SIGTERM', end);
      });
      const standing = await standUp({ env: process.env, say, signal: stop.signal });
      const lines = ['', `  Ahual is ready:  ${standing.url}`, ''];
      if (standing.signIns.length > 0) {
        lines.push('  First sign-ins (shown once, kept nowhere):');
        for (const one of standing.signIns) lines.push(`    ${one.login.padEnd(12)} ${one.password}   ${one.what}`);
        lines.push('');
      } else {
        lines.push(
          '  The sign-ins are those of the first start. `ahual people password <login>` makes a new password.',
          '',
        );
      }
      if (standing.settings.city.pace !== 1) {
        lines.push(
          `  Time: one hour of the city's clocks lasts ${Math.round(3600 / standing.settings.city.pace)} s here.`,
          '',
        );
      }
      lines.push('  Ctrl-C stops everything; nothing is lost.', '');
      process.stdout.write(`${lines.join('\n')}\n`);
      await asked;
      say('stopping …');
      await standing.stop();
      say('stopped');
    });
}
