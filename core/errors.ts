// The one error that is thrown on purpose, and the closed list of its codes. docs/errors.md is generated from here.

interface CodeFact {
  readonly whoActs: 'deployer' | 'operator' | 'developer';
  readonly retry: boolean;
  readonly status: number;
  readonly meaning: string;
}

export const errorCodes = {
  CONFIG_INVALID: {
    whoActs: 'deployer',
    retry: false,
    status: 500,
    meaning: 'A setting or a city file says something that cannot be used.',
  },
  CONFIG_MISSING: {
    whoActs: 'deployer',
    retry: false,
    status: 500,
    meaning: 'A file or a secret that the settings name is not there.',
  },
  PART_MISSING: {
    whoActs: 'deployer',
    retry: false,
    status: 500,
    meaning: 'A part of the installation is missing on this machine.',
  },
  STORE_UNREACHABLE: { whoActs: 'deployer', retry: true, status: 503, meaning: 'The database did not answer.' },
  STORE_NEWER: {
    whoActs: 'deployer',
    retry: false,
    status: 500,
    meaning: 'The database was written by a newer version of the product.',
  },
  STORE_CHANGED: {
    whoActs: 'developer',
    retry: false,
    status: 500,
    meaning: 'An applied migration or a row is not what it should be.',
  },
  CAMERA_UNKNOWN: { whoActs: 'operator', retry: false, status: 404, meaning: 'No camera has this id.' },
  CAMERA_ADDRESS: {
    whoActs: 'deployer',
    retry: false,
    status: 400,
    meaning: 'A camera address is of a kind that is never opened.',
  },
  MODEL_CHANGED: {
    whoActs: 'deployer',
    retry: false,
    status: 500,
    meaning: 'A model file is not the one its card describes.',
  },
  MODEL_REFUSED: {
    whoActs: 'developer',
    retry: false,
    status: 500,
    meaning: 'A model answered in a shape or with numbers that cannot be used.',
  },
  PICTURE_REFUSED: { whoActs: 'operator', retry: false, status: 400, meaning: 'A picture could not be read.' },
  INCIDENT_UNKNOWN: { whoActs: 'operator', retry: false, status: 404, meaning: 'No incident has this id.' },
  INCIDENT_CHANGED: {
    whoActs: 'operator',
    retry: false,
    status: 409,
    meaning: 'Somebody or the camera was first; look again.',
  },
  MOVE_UNLAWFUL: {
    whoActs: 'operator',
    retry: false,
    status: 409,
    meaning: 'This step does not exist from the present state.',
  },
  TASK_UNKNOWN: { whoActs: 'operator', retry: false, status: 404, meaning: 'No task has this id.' },
  ROUTE_MISSING: { whoActs: 'deployer', retry: false, status: 500, meaning: 'No rule says which agency gets this.' },
  CLIP_UNKNOWN: { whoActs: 'operator', retry: false, status: 404, meaning: 'No clip has this id.' },
  EVIDENCE_BROKEN: {
    whoActs: 'developer',
    retry: false,
    status: 500,
    meaning: 'A sealed file is not what its seal says.',
  },
  FILE_MISSING: { whoActs: 'operator', retry: false, status: 404, meaning: 'A kept file is not there.' },
  DELIVERY_REFUSED: { whoActs: 'deployer', retry: true, status: 502, meaning: 'A task could not be delivered.' },
  AUTH_NEEDED: { whoActs: 'operator', retry: false, status: 401, meaning: 'Sign in first.' },
  AUTH_WRONG: { whoActs: 'operator', retry: false, status: 401, meaning: 'Login or password are wrong.' },
  AUTH_DENIED: { whoActs: 'operator', retry: false, status: 403, meaning: 'This role may not do this.' },
  REQUEST_INVALID: {
    whoActs: 'operator',
    retry: false,
    status: 400,
    meaning: 'A request does not have the agreed form.',
  },
  NOT_FOUND: { whoActs: 'operator', retry: false, status: 404, meaning: 'There is nothing at this address.' },
  BUSY: { whoActs: 'operator', retry: true, status: 503, meaning: 'Too many requests at once.' },
  INTERNAL: {
    whoActs: 'developer',
    retry: false,
    status: 500,
    meaning: 'Something that should not happen did happen.',
  },
} as const satisfies Record<string, CodeFact>;

export type ErrorCode = keyof typeof errorCodes;
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * An error for a person: what happened to which thing, and the cure. `facts` are for the log; no secret belongs there.
 */
export class AhualError extends Error {
  override readonly name = 'AhualError';
  readonly code: ErrorCode;
  readonly cure: string;
  readonly facts: Facts;

  constructor(code: ErrorCode, message: string, cure: string, facts: Facts = {}, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.cure = cure;
    this.facts = facts;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  /** One line: code, what happened, what to do. */
  override toString(): string {
    return `${this.code} ${this.message}${this.cure ? ` ${this.cure}` : ''}`;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Closes a switch over a union: reaching it is a defect. */
export function never(value: never): never {
  throw new AhualError('INTERNAL', `a case was forgotten: ${JSON.stringify(value)}`, 'Report this with the log.');
}
