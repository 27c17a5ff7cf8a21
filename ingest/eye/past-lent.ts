// The handle's side of lent references: knows what its eye holds, so that bytes cross once.
import type { LentPast, LookAsk } from './protocol.ts';

/** An eye holds the references of so many cameras, some 0.3 MB each when opened. */
const mostCameras = 300;

/** What one child holds. A fresh child has a fresh one. */
export class LentOut {
  readonly #held = new Map<string, string>();

  holds(cameraId: string, version: string): boolean {
    return this.#held.get(cameraId) === version;
  }

  /** The ask as it is sent: without bytes that the child holds, and with the cameras that it is to forget. */
  trim(ask: LookAsk): LookAsk {
    const { past, camera } = ask;
    if (!past) return ask;
    if (this.holds(camera.id, past.version)) {
      this.#held.delete(camera.id);
      this.#held.set(camera.id, past.version);
      return { ...ask, past: { ...past, looks: null } };
    }
    if (past.looks === null) return ask;
    this.#held.delete(camera.id);
    this.#held.set(camera.id, past.version);
    const forget: string[] = [];
    for (const id of this.#held.keys()) {
      if (this.#held.size - forget.length <= mostCameras) break;
      forget.push(id);
    }
    for (const id of forget) this.#held.delete(id);
    const lent: LentPast = forget.length > 0 ? { ...past, forget } : past;
    return { ...ask, past: lent };
  }
}
