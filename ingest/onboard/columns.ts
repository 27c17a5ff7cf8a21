// The columns of a camera list as a table: what each is called in three languages, what a cell means, and how a cell is written.
import { AhualError, messageOf } from '#core/errors';
import type { Camera } from '#core/camera';
import { parseAddress } from '../sources/address.ts';

/** A cell that cannot be used: what is wrong with it, and the cure. */
export interface CellFault {
  readonly what: string;
  readonly cure: string;
  /** The cell holds a secret: it is not shown again. */
  readonly secret?: boolean;
}

export type CellRead = { readonly kind: 'value'; readonly value: unknown } | ({ readonly kind: 'fault' } & CellFault);

export interface Column {
  readonly name: string;
  /** Other headings that mean this column, in small letters. */
  readonly aliases: readonly string[];
  /** What it says, for the manual. */
  readonly means: string;
  /** May `-` empty it? */
  readonly optional: boolean;
  readonly read: (cell: string) => CellRead;
  readonly write: (camera: Camera) => unknown;
}

const value = (of: unknown): CellRead => ({ kind: 'value', value: of });
const fault = (what: string, cure: string, secret = false): CellRead => ({ kind: 'fault', what, cure, secret });

const text =
  (mostChars: number) =>
  (cell: string): CellRead =>
    cell.length <= mostChars ? value(cell) : fault(`it is longer than ${mostChars} characters`, 'Shorten it.');

/** Numbers of a table: a decimal comma counts as a point. */
const number =
  (from: number, to: number, unit: string) =>
  (cell: string): CellRead => {
    if (!/^[+-]?\d+(?:[.,]\d+)?$/.test(cell)) return fault('it is no number', `Write a number of ${unit}.`);
    const given = Number(cell.replace(',', '.'));
    if (given < from || given > to) return fault(`it is not within ${from} to ${to}`, `Write ${unit}.`);
    return value(given);
  };

const yes = new Set(['1', 'yes', 'y', 'true', 'да', 'иә', 'ия', '+']);
const no = new Set(['0', 'no', 'n', 'false', 'нет', 'жоқ']);

function flag(cell: string): CellRead {
  const word = cell.toLowerCase();
  if (yes.has(word)) return value(true);
  if (no.has(word)) return value(false);
  return fault('it is neither yes nor no', 'Write yes or no (да/нет, иә/жоқ, 1/0).');
}

/** The name of a secret as an example for the person who put the sign-in into the address. */
const example = 'put user:password into the secret AHUAL_CAMERA_MAIN and write main into the column credential';

function address(schemes: RegExp, kinds: string) {
  return (cell: string): CellRead => {
    const bare = /^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@(.*)$/i.exec(cell);
    if (bare) {
      return fault(
        'it holds a user name or a password',
        `Write ${bare[1] ?? ''}${(bare[2] ?? '').split('?')[0] ?? ''} here, ${example}.`,
        true,
      );
    }
    try {
      const url = parseAddress(cell);
      if (!schemes.test(url.protocol))
        return fault(`${url.protocol.replace(':', '')} is not for this column`, `Use ${kinds}.`);
      const key = [...url.searchParams.keys()].find((name) => /^(pass(word)?|pwd|token|auth)$/i.test(name));
      if (key !== undefined)
        return fault(`its part ${key}=… looks like a password`, `Write it without that part; ${example}.`, true);
      return value(cell);
    } catch (thrown) {
      const known = thrown instanceof AhualError ? thrown : undefined;
      return fault(
        messageOf(thrown).replace(/^A camera address is refused: |\.$/g, ''),
        known?.cure ?? `Use ${kinds}.`,
      );
    }
  };
}

function secretName(cell: string): CellRead {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(cell)) return value(cell);
  return /[:@]/.test(cell)
    ? fault('it looks like a user name with its password', `Only the name of a secret stands here: ${example}.`, true)
    : fault('it is no name of a secret', 'Use letters, digits and dashes, 40 at most.');
}

function parsedJson(cell: string): CellRead {
  try {
    const parsed: unknown = JSON.parse(cell);
    return value(parsed);
  } catch {
    return fault('it is no JSON', 'Take this cell from `ahual cameras export`, or leave it empty.');
  }
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const rtsp = address(/^rtsps?:$/, 'rtsp or rtsps');
const asIs = (cell: string): CellRead => value(cell);
const jsonOf = (of: unknown): string | undefined => (of === undefined ? undefined : JSON.stringify(of));

/** All columns in the order in which they are exported. */
export const columns: readonly Column[] = [
  {
    name: 'id',
    aliases: ['camera', 'camera id', 'camera_id', 'номер', 'номер камеры', 'камера', 'нөмірі', 'камера нөмірі'],
    means: "The city's own number of the camera: letters, digits, dots and dashes, 64 at most. Needed.",
    optional: false,
    read: (cell) =>
      idPattern.test(cell)
        ? value(cell)
        : fault('it is no id', 'Use Latin letters, digits, dots and dashes, 64 at most.'),
    write: (camera) => camera.id,
  },
  {
    name: 'name',
    aliases: ['title', 'название', 'наименование', 'атауы', 'имя'],
    means: 'The name in every language that has no column or cell of its own.',
    optional: false,
    read: text(300),
    write: () => undefined,
  },
  {
    name: 'name_kk',
    aliases: ['название (каз)', 'название на казахском', 'атауы (қаз)', 'қазақша атауы'],
    means: 'The name in Kazakh.',
    optional: false,
    read: text(300),
    write: (camera) => camera.name.kk,
  },
  {
    name: 'name_ru',
    aliases: ['название (рус)', 'название на русском', 'атауы (орыс)', 'орысша атауы'],
    means: 'The name in Russian.',
    optional: false,
    read: text(300),
    write: (camera) => camera.name.ru,
  },
  {
    name: 'name_en',
    aliases: ['название (англ)', 'название на английском', 'атауы (ағыл)', 'ағылшынша атауы'],
    means: 'The name in English.',
    optional: false,
    read: text(300),
    write: (camera) => camera.name.en,
  },
  {
    name: 'lat',
    aliases: ['latitude', 'широта', 'ендік'],
    means: 'Latitude, degrees north (WGS 84). Needed for a new camera.',
    optional: false,
    read: number(-90, 90, 'degrees north, like 51.1283'),
    write: (camera) => camera.point.lat,
  },
  {
    name: 'lon',
    aliases: ['lng', 'longitude', 'долгота', 'бойлық'],
    means: 'Longitude, degrees east (WGS 84). Needed for a new camera.',
    optional: false,
    read: number(-180, 180, 'degrees east, like 71.4304'),
    write: (camera) => camera.point.lon,
  },
  {
    name: 'district',
    aliases: ['район', 'аудан', 'ауданы'],
    means: "Id or name of a district of the city's map. Empty for a new camera: the one in which its point lies.",
    optional: false,
    read: asIs,
    write: (camera) => camera.district,
  },
  {
    name: 'rtsp',
    aliases: ['url', 'address', 'stream', 'адрес', 'адрес потока', 'поток', 'мекенжай', 'ағын мекенжайы'],
    means: 'Address of the main stream, rtsp or rtsps, without user and password.',
    optional: true,
    read: rtsp,
    write: (camera) => camera.rtsp,
  },
  {
    name: 'sub_rtsp',
    aliases: ['sub stream', 'substream', 'дополнительный поток', 'второй поток', 'қосымша ағын'],
    means: 'Address of the small stream, rtsp or rtsps.',
    optional: true,
    read: rtsp,
    write: (camera) => camera.subRtsp,
  },
  {
    name: 'snapshot',
    aliases: ['still', 'снимок', 'адрес снимка', 'стоп-кадр', 'сурет', 'сурет мекенжайы'],
    means: 'Address of the still picture, http or https.',
    optional: true,
    read: address(/^https?:$/, 'http or https'),
    write: (camera) => camera.snapshot,
  },
  {
    name: 'credential',
    aliases: ['secret', 'учётная запись', 'учетная запись', 'секрет', 'есептік жазба', 'құпия'],
    means: 'Name of the secret that holds user:password (AHUAL_CAMERA_<NAME>); never the password itself.',
    optional: true,
    read: secretName,
    write: (camera) => camera.credential,
  },
  {
    name: 'bearing_deg',
    aliases: ['bearing', 'азимут', 'направление', 'бағыты', 'азимуты'],
    means: "Compass direction of the picture's middle, degrees from north; 0 where not said.",
    optional: false,
    read: number(0, 360, 'degrees from north, 0 to 360'),
    write: (camera) => camera.bearingDeg,
  },
  {
    name: 'fov_deg',
    aliases: ['fov', 'угол обзора', 'угол', 'көру бұрышы'],
    means: 'Horizontal angle of view, degrees; 60 where not said.',
    optional: false,
    read: number(5, 180, 'degrees, 5 to 180'),
    write: (camera) => camera.fovDeg,
  },
  {
    name: 'height_m',
    aliases: ['height', 'высота', 'биіктігі'],
    means: 'Height above the ground, metres; 8 where not said.',
    optional: false,
    read: number(0.1, 300, 'metres, up to 300'),
    write: (camera) => camera.heightM,
  },
  {
    name: 'tilt_deg',
    aliases: ['tilt', 'наклон', 'еңісі'],
    means: "How far below the horizon the picture's middle looks, degrees.",
    optional: true,
    read: number(-10, 90, 'degrees below the horizon, -10 to 90'),
    write: (camera) => camera.tiltDeg,
  },
  {
    name: 'aspect',
    aliases: ['соотношение сторон', 'қабырғалар қатынасы'],
    means: 'Width of the picture over its height as it is meant to be seen.',
    optional: true,
    read: number(0.5, 4, 'width over height, 0.5 to 4'),
    write: (camera) => camera.aspect,
  },
  {
    name: 'watch',
    aliases: ['наблюдение', 'без паузы', 'үздіксіз бақылау'],
    means: 'Watched without pause (no-dump zones); no where not said.',
    optional: false,
    read: flag,
    write: (camera) => camera.watch,
  },
  {
    name: 'restricted',
    aliases: ['ограничена', 'ограниченная', 'шектеулі'],
    means: 'Its pictures ask for a reason; yes where not said.',
    optional: false,
    read: flag,
    write: (camera) => camera.restricted,
  },
  {
    name: 'indoor',
    aliases: ['в помещении', 'үй ішінде'],
    means: 'Hangs indoors; no where not said.',
    optional: false,
    read: flag,
    write: (camera) => camera.indoor,
  },
  {
    name: 'near_sensitive',
    aliases: ['рядом школа или больница', 'мектеп не аурухана жанында'],
    means: 'A school, a clinic or a stop within 50 m; no where not said.',
    optional: false,
    read: flag,
    write: (camera) => camera.nearSensitive,
  },
  {
    name: 'ladder',
    aliases: [],
    means: 'Marks of metres on the picture as JSON, as `ahual cameras export` writes them.',
    optional: true,
    read: parsedJson,
    write: (camera) => jsonOf(camera.ladder),
  },
  {
    name: 'zones',
    aliases: ['зоны', 'аймақтар'],
    means: 'Zones as JSON, as `ahual cameras export` writes them. Without the column zones stay as they are.',
    optional: true,
    read: parsedJson,
    write: (camera) => (camera.zones.length === 0 ? undefined : JSON.stringify(camera.zones)),
  },
  {
    name: 'presets',
    aliases: ['ракурсы', 'көріністер'],
    means: 'Views of a camera that turns as JSON, as `ahual cameras export` writes them; empty where it has one.',
    optional: true,
    read: parsedJson,
    write: (camera) => jsonOf(camera.presets),
  },
];

const byHeading = new Map(columns.flatMap((column) => [column.name, ...column.aliases].map((name) => [name, column])));

/** The column that a heading means; case, blanks and underscores at its edges do not matter. */
export function columnOf(heading: string): Column | undefined {
  const plain = heading.normalize('NFC').trim().toLowerCase().replace(/\s+/g, ' ');
  return byHeading.get(plain) ?? byHeading.get(plain.replaceAll(' ', '_'));
}
