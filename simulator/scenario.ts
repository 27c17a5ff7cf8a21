// Scenarios: what happens in front of which camera and when, as data; and the player that lets it happen.
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Clock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { StreetClass } from '#core/place';
import { inRoot } from '#core/root';
import { AgencyConduct } from './agency.ts';
import { Fault } from './faults.ts';
import { WeatherPlan } from './weather.ts';

const CameraId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'letters, digits, dots, dashes; at most 40');
const atS = z
  .number()
  .nonnegative()
  .max(30 * 86_400);

/**
 * What happens at a moment, seconds after the start. `stop` takes the camera off the network, `heal` brings it back; `turn` is
 * a turn by whoever turns it. */
export const Happening = z.discriminatedUnion('do', [
  z.strictObject({ atS, do: z.literal('begin') }),
  z.strictObject({ atS, do: z.literal('end') }),
  z.strictObject({ atS, do: z.literal('fault'), fault: Fault }),
  z.strictObject({ atS, do: z.literal('heal') }),
  z.strictObject({ atS, do: z.literal('stop') }),
  /** The camera turns to another scene, or back to its own where no clip is named. */
  z.strictObject({ atS, do: z.literal('turn'), clip: z.string().min(1).optional() }),
]);
export type Happening = z.infer<typeof Happening>;

/** What the world does once an agency says "done": the crew really repaired it after a while, or the claim is empty. */
export const ClaimReaction = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('end'), afterS: z.number().nonnegative().max(86_400).default(5) }),
  z.strictObject({ do: z.literal('nothing') }),
]);
export type ClaimReaction = z.infer<typeof ClaimReaction>;

const Texts = z.strictObject({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) });

export const ScenarioCamera = z.strictObject({
  id: CameraId,
  clip: z.string().min(1),
  name: Texts.optional(),
  point: z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }).optional(),
  bearingDeg: z.number().min(0).max(360).optional(),
  district: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .optional(),
  /** Class of the street in view; deadlines for snow hang on it. */
  streetClass: StreetClass.optional(),
  signIn: z.enum(['none', 'basic', 'digest']).optional(),
  fault: Fault.optional(),
  events: z.array(Happening).default([]),
  onClaim: ClaimReaction.optional(),
});
export type ScenarioCamera = z.infer<typeof ScenarioCamera>;

export const Scenario = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    title: Texts,
    seed: z.string().default('astana'),
    cameras: z.array(ScenarioCamera).min(1),
    weather: WeatherPlan.prefault({}),
    onClaim: ClaimReaction.default({ do: 'end', afterS: 5 }),
    agencies: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), AgencyConduct).default({}),
  })
  .superRefine(({ cameras }, context) => {
    const seen = new Set<string>();
    cameras.forEach((camera, i) => {
      if (seen.has(camera.id))
        context.addIssue({ code: 'custom', path: ['cameras', i, 'id'], message: `camera ${camera.id} is there twice` });
      seen.add(camera.id);
    });
  });
export type Scenario = z.infer<typeof Scenario>;
export type ScenarioInput = z.input<typeof Scenario>;

/** Reads a scenario (YAML or JSON), by path or by the bare name of a shipped one. Throws an AhualError with file, line and path of the first thing that is wrong. */
export async function loadScenario(nameOrPath: string): Promise<Scenario> {
  const path = /^[a-z0-9-]+$/.test(nameOrPath) ? inRoot('simulator', 'scenarios', `${nameOrPath}.yml`) : nameOrPath;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    throw new AhualError(
      'CONFIG_MISSING',
      `The scenario ${path} cannot be read.`,
      'Name a file of simulator/scenarios.',
      {},
      thrown,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  const refuse = (line: number, what: string, cause: unknown): AhualError =>
    new AhualError('CONFIG_INVALID', `${path}:${line} ${what}.`, 'Correct the scenario.', { line }, cause);
  if (broken) throw refuse(lines.linePos(broken.pos[0]).line, messageOf(broken).split('\n')[0] ?? '', broken);
  const parsed = Scenario.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const steps = issue?.path.map((step) => (typeof step === 'symbol' ? String(step) : step)) ?? [];
  // The thing itself may be what is missing: then the nearest thing around it tells the line.
  let line = 1;
  for (let depth = 0; depth <= steps.length; depth++) {
    const node: unknown = depth === 0 ? document.contents : document.getIn(steps.slice(0, depth), true);
    const range =
      typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? node.range : [];
    const start: unknown = range[0];
    if (typeof start === 'number') line = lines.linePos(start).line;
  }
  const where = steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
  throw refuse(line, `${where || 'the scenario'}: ${issue?.message ?? 'is not understood'}`, parsed.error);
}

export interface PlayOptions {
  readonly scenario: Scenario;
  readonly clock: Clock;
  /** Does what the scenario says to a camera. */
  readonly act: (cameraId: string, happening: Happening) => Promise<void> | void;
  /** Seconds of the scenario in one second of the clock. */
  readonly speed?: number;
}

/** Plays all events in order of their moments, those of one moment in the order of the file; returns after the last one or when aborted. */
export async function playScenario(
  { scenario, clock, act, speed = 1 }: PlayOptions,
  signal: AbortSignal,
): Promise<void> {
  const events = scenario.cameras
    .flatMap((camera) => camera.events.map((happening) => ({ id: camera.id, happening })))
    .sort((a, b) => a.happening.atS - b.happening.atS);
  const startMs = clock.monotonicMs();
  for (const { id, happening } of events) {
    const waitMs = startMs + (happening.atS * 1000) / speed - clock.monotonicMs();
    if (waitMs > 0) {
      try {
        await clock.sleep(waitMs, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        throw thrown;
      }
    }
    if (signal.aborted) return;
    await act(id, happening);
  }
}
