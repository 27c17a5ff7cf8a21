// The agencies of the simulated city: they take deliveries over HTTP and answer as their conduct says.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Clock } from '#core/clock';

/** How an agency answers a delivery: at once, late, wrongly, or never. */
export const AgencyConduct = z.discriminatedUnion('answers', [
  z.strictObject({ answers: z.literal('promptly') }),
  z.strictObject({ answers: z.literal('late'), afterS: z.number().positive().max(3600) }),
  z.strictObject({
    answers: z.literal('wrongly'),
    how: z.enum(['refusal', 'failure', 'nonsense', 'cut-off']).default('failure'),
    /** After so many wrong answers it answers promptly; without it, never. */
    times: z.number().int().positive().optional(),
  }),
  z.strictObject({ answers: z.literal('never') }),
]);
export type AgencyConduct = z.infer<typeof AgencyConduct>;

export interface Delivery {
  readonly agency: string;
  readonly receipt: string;
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Has the sender been told that it arrived? */
  readonly acknowledged: boolean;
}

export interface AgenciesOptions {
  readonly clock: Clock;
  readonly conduct: Readonly<Record<string, AgencyConduct>>;
}

const rememberedDeliveries = 1000;
const maxDeliveryBytes = 32 * 1024 * 1024;

/** All agencies of a city. One that the scenario does not name answers promptly. */
export class Agencies {
  readonly #clock: Clock;
  readonly #conduct = new Map<string, AgencyConduct>();
  readonly #wrongs = new Map<string, number>();
  readonly #deliveries: Delivery[] = [];
  #count = 0;

  constructor({ clock, conduct }: AgenciesOptions) {
    this.#clock = clock;
    for (const [agency, how] of Object.entries(conduct)) this.#conduct.set(agency, how);
  }

  /** Changes how an agency answers from now on. */
  setConduct(agency: string, conduct: AgencyConduct): void {
    this.#conduct.set(agency, conduct);
    this.#wrongs.delete(agency);
  }

  /** What came in, oldest first; the latest thousand. */
  deliveries(): Delivery[] {
    return [...this.#deliveries];
  }

  /** Adds `POST /agencies/:agency/deliveries` to a server. */
  register(server: FastifyInstance, signal: AbortSignal): void {
    server.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: maxDeliveryBytes }, (_request, body, parsed) => {
        parsed(null, body);
      });
      scope.post<{ Params: { agency: string } }>(
        '/agencies/:agency/deliveries',
        { bodyLimit: maxDeliveryBytes },
        async (request, reply) => {
          const { agency } = request.params;
          const conduct = this.#present(agency);
          const receipt = `${agency}-${++this.#count}`;
          const headers = Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
          );
          const remember = (acknowledged: boolean): void => {
            const body = typeof request.body === 'string' ? request.body : '';
            this.#deliveries.push({ agency, receipt, atMs: this.#clock.nowMs(), headers, body, acknowledged });
            if (this.#deliveries.length > rememberedDeliveries) this.#deliveries.shift();
          };
          switch (conduct.answers) {
            case 'promptly':
              remember(true);
              return reply.code(202).send({ receipt, status: 'accepted' });
            case 'late':
              await this.#clock.sleep(conduct.afterS * 1000, signal);
              remember(true);
              return reply.code(202).send({ receipt, status: 'accepted' });
            case 'wrongly':
              remember(false);
              this.#wrongs.set(agency, (this.#wrongs.get(agency) ?? 0) + 1);
              if (conduct.how === 'refusal') return reply.code(422).send({ error: 'unknown kind of work' });
              if (conduct.how === 'failure')
                return reply.code(500).type('text/html').send('<html><body>Internal error</body></html>');
              if (conduct.how === 'nonsense') return reply.code(200).type('application/json').send('{"receipt": ');
              reply.hijack();
              reply.raw.writeHead(202, { 'content-type': 'application/json', 'content-length': '4096' });
              reply.raw.write('{"receipt":', () => request.raw.socket.destroy());
              return reply;
            case 'never':
              remember(false);
              reply.hijack();
              return reply;
          }
        },
      );
      done();
    });
  }

  #present(agency: string): AgencyConduct {
    const conduct = this.#conduct.get(agency) ?? { answers: 'promptly' };
    const isOver =
      conduct.answers === 'wrongly' && conduct.times !== undefined && (this.#wrongs.get(agency) ?? 0) >= conduct.times;
    return isOver ? { answers: 'promptly' } : conduct;
  }
}
