// The whole product for a test: stood up on a folder of its own from the demo city's settings, and taken down again.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#core/log';
import { db } from '#store';
import { systemClock } from '#core/clock';
import { standUp, type Standing } from '../../cli/stand.ts';
import { takeSeat, type Seat } from '../../cli/measure/seat.ts';

export interface Product {
  readonly standing: Standing;
  readonly database: db.Database;
  /** Signs in as one of the first people. */
  seat(login: string): Promise<Seat>;
  password(login: string): string;
  close(): Promise<void>;
}

/** Starts everything as `ahual up` does. `settings` are AHUAL_SET_… entries beside the demo's file. */
export async function openProduct(settings: Readonly<Record<string, string>> = {}): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-test-'));
  // Root's database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const lines: string[] = [];
  try {
    const standing = await standUp({
      env: {
        ...process.env,
        DATABASE_URL: undefined,
        REDIS_URL: undefined,
        AHUAL_CONFIG: 'config/demo.yml',
        AHUAL_SET_DATA__FOLDER: folder,
        AHUAL_SET_DASHBOARD__PORT: '0',
        ...settings,
      },
      say: (line) => lines.push(line),
    });
    const database = await db.openDatabase(standing.databaseUrl, { log: silentLog, name: 'ahual-test' });
    const seats: Seat[] = [];
    const password = (login: string): string => {
      const found = standing.signIns.find((one) => one.login === login);
      if (!found) throw new Error(`nobody signs in as ${login}`);
      return found.password;
    };
    return {
      standing,
      database,
      password,
      async seat(login) {
        const seat = await takeSeat(standing.url, login, password(login));
        seats.push(seat);
        return seat;
      },
      async close() {
        for (const seat of seats) seat.leave();
        await database.close();
        await standing.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    process.stderr.write(`${lines.join('\n')}\n`);
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Waits until `check` gives something other than undefined; a thrown error is remembered and asked again. */
export async function eventually<T>(
  what: string,
  withinS: number,
  check: () => Promise<T | undefined>,
  everyMs = 250,
): Promise<T> {
  const endsAtMs = systemClock.monotonicMs() + withinS * 1000;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined) return value;
      last = undefined;
    } catch (thrown) {
      last = thrown;
    }
    if (systemClock.monotonicMs() > endsAtMs) throw new Error(`not within ${withinS} s: ${what}`, { cause: last });
    await systemClock.sleep(everyMs);
  }
}
