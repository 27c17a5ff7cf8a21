// docs/faults.md, made from the list of faults: what a camera does, what is said and shown, by when, how it recovers, which test shows it.
import { faultCases, withinS, type FaultCase, type Said } from './cases.ts';

const inTest = '`ingest-faults`';
const shown = (states: readonly Said[] | undefined): string =>
  states === undefined ? '–' : states.map((state) => (state === 'seen' ? 'seen (`ok`)' : `\`${state}\``)).join(' or ');

/** Where each fault is shown; every file lies in `test/integration/`. */
function testOf({ fault, look, still }: FaultCase): string {
  if (fault.kind === 'odd') return `${inTest}, \`odd-streams\``;
  if (fault.kind === 'new-resolution') return `${inTest}, \`odd-streams\` (in mid-stream)`;
  if (fault.kind === 'redirect') return `${inTest} (“a redirect”)`;
  return still && look.length === 1 && look[0] === 'seen' && fault.kind === 'bad-still' ? `${inTest} (stills)` : inTest;
}

const row = (one: FaultCase): string => {
  const words = (one.says ?? []).map((sentence) => `“${sentence}”`).join(' / ') || '–';
  const cells = [
    `\`${one.id}\``,
    one.does,
    shown(one.look),
    shown(one.still),
    shown(one.watch),
    words,
    `${withinS[one.when]} s`,
    one.recovers,
    testOf(one),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
};

/** The whole page. */
export const faultPage = (): string => `# Faults of cameras

Made from \`cli/measure/faults/cases.ts\` by \`ahual docs\`; a test holds both equal, and another one that no fault of the simulator is
missing. Each fault is served by a server that really misbehaves (\`simulator/faults.ts\`), before real eyes.

A camera that misbehaves harms only itself: in the same test cameras beside it are looked at and watched without a break. What is said
lies in \`camera_health\` and on the page of the camera; as long as nothing can be judged its zones are \`cannot-see\`, never
clear. Seconds hold for the default settings (\`ingest.lookTimeoutS\` 12: an answer may take a third of it, at most 5 s).
A watch is told of by the stream, within 5 s of an answer that is overdue, 15 s of a stream without packets or key frames.

| fault | the camera | a look at its stream | at its still | its watch | words | within | whole again | test |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${faultCases.map(row).join('\n')}

## Many at once

| what happens | what the product does | test |
| --- | --- | --- |
| 300 cameras drop at the same second and come back at the same second, twice | every stream ends with its reason and opens again; the camera beside them plays on | ${inTest} (“three hundred cameras”), \`ahual bench faults\` |
| all faults in turn for an hour's worth | memory, open files, threads and processes stay as they are after the warm-up | \`ahual bench faults\`; a short one in \`cli/measure/faults/faults.test.ts\` |
| a picture kills the eye, or hangs it | the look ends as \`crashed\`, those beside it are done again; five deaths in a minute make the eye rest, and it says so | ${inTest} (“a picture that kills the eye”) |

## Addresses that are never opened

| address | what the product does | test |
| --- | --- | --- |
| \`file:\`, a pipe, \`concat:\`, \`ftp:\` and every scheme but rtsp, rtsps, http, https | no way opens it: refused in the list of cameras, \`unknown\` at a look | ${inTest} (“addresses that are never opened”) |
| link-local, metadata, multicast and unspecified addresses, also in the form of one number, in hexadecimal, or wrapped in IPv6 | \`refused\` before a packet leaves | ${inTest} |
| a name that stands for such an address, also beside a good one | \`refused\`; the name is looked up once, and the address that was checked is dialled | ${inTest} |
| a redirect to such an address, or to any host that is not in \`ingest.allowedHosts\` | \`refused\`; the other host is not dialled. On the same host and to allowed ones at most three are followed; the sign-in is given only where it is asked for | ${inTest} (“a redirect”) |

RTSP is spoken by us, not by FFmpeg (\`ingest/sources/door.ts\`): we dial, sign in, and read every answer up to its end. FFmpeg would follow
a redirect anywhere and sign in there, wait without end for an answer that drips, and take any certificate. It plays behind a
door on this machine that is good for one conversation, and it never knows a password.

## Certificates (rtsps, https)

A certificate is accepted when an authority of Node's list, or one that a file in \`ingest.certificates\` names, signed it for this host, or
when its SHA-256 fingerprint stands in \`ingest.certificates\`. Cameras come with a certificate of their own: without either they are
\`refused\`, and the reason tells the fingerprint to compare with the camera and to add. Shown in \`odd-streams\` (“rtsps”).

## Odd streams

Lawful and seldom; each is looked at (by node-av and by ffmpeg), watched, kept in the ring and shown live in \`odd-streams\`: B-frames,
H.265, Motion JPEG (live in single pictures), interlaced, 4K, sound described before the picture, no parameter sets in the
description, parameter sets that change in mid-stream, and a camera that sends over UDP alone (TCP is asked first).

## Servers of others

| server | how | test |
| --- | --- | --- |
| GStreamer's RTSP server 1.22 | H.264, H.265, Motion JPEG, sound first, UDP only, digest sign-in: looked at, watched, live | \`others-servers\` |
| VLC 3.0 | a film over RTSP: looked at, watched, live | \`others-servers\` |
| ffmpeg's HTTP listener | a still picture | \`others-servers\` |

They are skipped on a machine that does not have them, and the test says so. ffmpeg's \`-rtsp_flags listen\` receives a stream that another
ffmpeg publishes; it serves none, so there is nothing to look at. live555 and MediaMTX have no package in Debian 12 or in a
registry that this project uses: not tested here.
`;
