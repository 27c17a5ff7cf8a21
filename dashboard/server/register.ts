// Cameras, agencies and people by id, kept in memory: every card names a place, every task an agency, every history line a person.
import type { Agency } from '#core/agency';
import type { Camera } from '#core/camera';
import { isInGroup, type CameraGroup } from '#core/camera-group';
import type { Texts } from '#core/hazard-name';
import type { Person } from '#core/person';
import { agencies, cameraGroups, cameras, people, type db } from '#store';

/** What a group of cameras is now. */
export interface GroupNow {
  readonly group: CameraGroup;
  readonly cameras: ReadonlySet<string>;
  /** Whole districts, also where no camera hangs. */
  readonly districts: ReadonlySet<string>;
}

export interface Register {
  camera(id: string | null): Camera | undefined;
  cameras(): readonly Camera[];
  agency(id: string | null): Agency | undefined;
  agencies(): readonly Agency[];
  /** The name of who did something: a person's or an agency's, else the word that the log has for it (`judge`, `camera`). */
  groups(): readonly CameraGroup[];
  /** The cameras and districts of a group as they are now; undefined where there is no such group. */
  group(id: string): GroupNow | undefined;
  nameOf(actor: string): string;
  /** The agency of a person; null for those of the centre and for parts of the system. */
  agencyOf(actor: string): string | null;
  /** Reads everything anew; called when somebody says that a camera changed, and now and then. */
  refresh(): Promise<void>;
}

function groupNow(group: CameraGroup, all: readonly Camera[]): GroupNow {
  const { rule } = group;
  const named = rule.kind === 'list' ? new Set(rule.cameras) : null;
  const own = all.filter((camera) => (named ? named.has(camera.id) : isInGroup(rule, camera)));
  return {
    group,
    cameras: new Set(own.map(({ id }) => String(id))),
    districts: new Set(rule.kind === 'districts' ? rule.districts : []),
  };
}

/** Reads cameras, agencies and people once; after that `refresh` keeps them. */
export async function openRegister(database: db.Database): Promise<Register> {
  let cameraById = new Map<string, Camera>();
  let agencyById = new Map<string, Agency>();
  let personById = new Map<string, Person>();
  let groupById = new Map<string, GroupNow>();

  async function refresh(): Promise<void> {
    const [allCameras, allAgencies, allPeople, allGroups] = await Promise.all([
      cameras.all(database),
      agencies.all(database),
      people.all(database),
      cameraGroups.all(database),
    ]);
    cameraById = new Map(allCameras.map((camera) => [camera.id, camera]));
    agencyById = new Map(allAgencies.map((agency) => [agency.id, agency]));
    personById = new Map(allPeople.map((person) => [person.id, person]));
    groupById = new Map(allGroups.map((group) => [group.id, groupNow(group, allCameras)]));
  }

  await refresh();
  return {
    camera: (id) => (id === null ? undefined : cameraById.get(id)),
    cameras: () => [...cameraById.values()],
    agency: (id) => (id === null ? undefined : agencyById.get(id)),
    agencies: () => [...agencyById.values()],
    groups: () => [...groupById.values()].map(({ group }) => group),
    group: (id) => groupById.get(id),
    nameOf: (actor) => personById.get(actor)?.name ?? agencyById.get(actor)?.name.ru ?? actor,
    agencyOf: (actor) => personById.get(actor)?.agencyId ?? null,
    refresh,
  };
}

/** An agency's name; its id in every language where the list no longer has it. */
export const agencyName = (register: Register, id: string): Texts =>
  register.agency(id)?.name ?? { kk: id, ru: id, en: id };
