// What state each camera was in last; a change is one line in the log, a repeated fault only a number.
import type { Camera, CameraHealth, HealthState } from '#core/camera';
import type { Log } from '#core/log';

export interface HealthBook {
  /** Takes note of a look's outcome. */
  note(camera: Camera, state: HealthState, detail: string): void;
  /** How many cameras this worker saw last in each state. */
  counts(): Readonly<Partial<Record<HealthState, number>>>;
}

/** Opens the book with what is known from before, so that a restart is not twelve thousand changes. */
export function openHealth(log: Log, before: readonly Pick<CameraHealth, 'cameraId' | 'state'>[]): HealthBook {
  const states = new Map<string, HealthState>(before.map((one) => [one.cameraId, one.state]));
  return {
    note(camera, state, detail) {
      const was = states.get(camera.id);
      states.set(camera.id, state);
      if (was === state) return;
      const facts = { cameraId: camera.id, from: was ?? 'unknown', to: state, detail };
      if (state === 'crashed') log.warn(facts, 'camera state changed');
      else log.info(facts, 'camera state changed');
    },
    counts() {
      const counts: Partial<Record<HealthState, number>> = {};
      for (const state of states.values()) counts[state] = (counts[state] ?? 0) + 1;
      return counts;
    },
  };
}
