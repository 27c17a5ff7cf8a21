// Cameras, agencies and people by id, kept in memory: every card names a place, every task an agency, every history line a person.
import type { Agency } from '#core/agency';
import type { Camera } from '#core/camera';
import type { Texts } from '#core/hazard-name';
import type { Person } from '#core/person';
import { agencies, cameras, people, type db } from '#store';

export interface Register {
  camera(id: string | null): Camera | undefined;
  cameras(): readonly Camera[];
  agency(id: string | null): Agency | undefined;
  agencies(): readonly Agency[];
  /** The name of who did something: a person's or an agency's, else the word that the log has for it (`judge`, `camera`). */
  nameOf(actor: string): string;
  /** The agency of a person; null for those of the centre and for parts of the system. */
  agencyOf(actor: string): string | null;
  /** Reads everything anew; called when somebody says that a camera changed, and now and then. */
  refresh(): Promise<void>;
}

/** Reads cameras, agencies and people once; after that `refresh` keeps them. */
export async function openRegister(database: db.Database): Promise<Register> {
  let cameraById = new Map<string, Camera>();
  let agencyById = new Map<string, Agency>();
  let personById = new Map<string, Person>();

  async function refresh(): Promise<void> {
    const [allCameras, allAgencies, allPeople] = await Promise.all([
      cameras.all(database),
      agencies.all(database),
      people.all(database),
    ]);
    cameraById = new Map(allCameras.map((camera) => [camera.id, camera]));
    agencyById = new Map(allAgencies.map((agency) => [agency.id, agency]));
    personById = new Map(allPeople.map((person) => [person.id, person]));
  }

  await refresh();
  return {
    camera: (id) => (id === null ? undefined : cameraById.get(id)),
    cameras: () => [...cameraById.values()],
    agency: (id) => (id === null ? undefined : agencyById.get(id)),
    agencies: () => [...agencyById.values()],
    nameOf: (actor) => personById.get(actor)?.name ?? agencyById.get(actor)?.name.ru ?? actor,
    agencyOf: (actor) => personById.get(actor)?.agencyId ?? null,
    refresh,
  };
}

/** An agency's name; its id in every language where the list no longer has it. */
export const agencyName = (register: Register, id: string): Texts =>
  register.agency(id)?.name ?? { kk: id, ru: id, en: id };
