// Every way in which a camera can misbehave, and what the product says then: the list that tests, bench and docs/faults.md share.
import type { HealthState } from '#core/camera';
import type { FaultInput } from '#simulator';

/** By when a state is known: at once, when a whole answer is overdue, when the look ends, when a watched stream lacks key frames. */
export const whens = ['at-once', 'answer', 'look', 'key'] as const;
export type When = (typeof whens)[number];

export type Said = HealthState | 'seen';

export interface FaultCase {
  readonly id: string;
  readonly fault: FaultInput;
  /** What the camera does, for a person. */
  readonly does: string;
  /** What a look at its stream may end as. */
  readonly look: readonly Said[];
  /** What a watched stream is told to be; without it the fault is one of still pictures alone. */
  readonly watch?: readonly Said[];
  /** What a look at its still picture may end as; without it stills are not what the fault is about. */
  readonly still?: readonly Said[];
  readonly when: When;
  /** The reason in one of these sentences, an ellipsis for what differs each time; none where nothing is to be said. */
  readonly says?: readonly string[];
  /** How it is whole again, for a person. */
  readonly recovers: string;
}

const nextLook = 'with the next look; a watch tries again after 1 s, doubled up to 30 s';
const ofItself = 'nothing to recover: the picture was judged all along';
const broken: readonly Said[] = ['garbage', 'silent'];

export const faultCases: readonly FaultCase[] = [
  {
    id: 'refuse',
    fault: { kind: 'refuse' },
    does: 'nobody listens',
    look: ['refused'],
    watch: ['refused', 'silent'],
    still: ['refused'],
    when: 'at-once',
    says: ['The connection was refused: nobody listens at this port.', 'It closed the connection…', '…broke off…'],
    recovers: nextLook,
  },
  ...(['connect', 'options', 'describe', 'setup'] as const).map((after): FaultCase => ({
    id: `hang-${after}`,
    fault: { kind: 'hang', after },
    does: `answers up to ${after.toUpperCase()}, then is silent`,
    look: ['silent'],
    watch: ['silent'],
    ...(after === 'connect' ? { still: ['silent'] as const } : {}),
    when: 'answer',
    says: ['It took the connection but gave no whole answer…', 'It said nothing for … s.'],
    recovers: nextLook,
  })),
  {
    id: 'hang-play',
    fault: { kind: 'hang', after: 'play' },
    does: 'promises the stream and sends no picture',
    look: ['silent'],
    watch: ['silent'],
    when: 'answer',
    says: ['The stream was promised, but no picture came…', 'Nothing came for … s.', '…broke off…'],
    recovers: nextLook,
  },
  {
    id: 'reset',
    fault: { kind: 'reset', afterFrames: 1 },
    does: 'resets the connection in the middle of a picture',
    look: ['silent', 'garbage'],
    watch: ['silent'],
    still: ['garbage', 'refused'],
    when: 'at-once',
    says: [
      '…broke off…',
      'The connection broke after … bytes of a picture.',
      'It ended the stream at once…',
      'It closed the connection…',
      'The stream was promised…',
    ],
    recovers: nextLook,
  },
  {
    id: 'slow-drip',
    fault: { kind: 'slow-drip', bytesPerS: 1 },
    does: 'sends one byte a second',
    look: ['silent'],
    watch: ['silent'],
    still: ['silent'],
    when: 'look',
    says: [
      'It took the connection but gave no whole answer…',
      'It did not answer…',
      'It sent … bytes of a picture and no end of it…',
      'It said nothing for … s.',
    ],
    recovers: nextLook,
  },
  {
    id: 'endless-headers',
    fault: { kind: 'endless-headers' },
    does: 'sends header lines without end',
    look: ['garbage'],
    watch: ['garbage'],
    still: ['garbage'],
    when: 'at-once',
    says: ['Its answer has no end; it was broken off.'],
    recovers: nextLook,
  },
  {
    id: 'wrong-sign-in',
    fault: { kind: 'wrong-sign-in' },
    does: 'answers 401 to every sign-in, in a circle',
    look: ['needs-sign-in'],
    watch: ['needs-sign-in'],
    still: ['needs-sign-in'],
    when: 'at-once',
    says: ['Our sign-in is wrong…', 'It asks for a sign-in (401).'],
    recovers: nextLook,
  },
  {
    id: 'stale-nonce',
    fault: { kind: 'stale-nonce' },
    does: 'lets each digest number count once and calls the next one stale',
    look: ['seen'],
    watch: ['seen'],
    still: ['seen'],
    when: 'look',
    recovers: ofItself,
  },
  ...(
    [
      [404, 'not-found', 'has no such stream'],
      [453, 'busy', 'has no room for one more viewer'],
      [454, 'busy', 'forgets the session before the stream begins'],
      [461, 'refused', 'sends neither over TCP nor over UDP'],
      [503, 'busy', 'is overloaded'],
    ] as const
  ).map(([code, state, does]): FaultCase => ({
    id: `status-${code}`,
    fault: { kind: 'status', code },
    does: `${does} (${code})`,
    look: [state],
    watch: [state],
    when: 'at-once',
    says: [`…${code}…`],
    recovers: nextLook,
  })),
  {
    id: 'redirect',
    fault: { kind: 'redirect', to: 'rtsp://169.254.169.254/latest/meta-data' },
    does: 'sends us on to another host',
    look: ['refused'],
    watch: ['refused'],
    still: ['refused'],
    when: 'at-once',
    says: ['It sends us on to …'],
    recovers: nextLook,
  },
  {
    id: 'no-key-frame',
    fault: { kind: 'no-key-frame', forS: 60 },
    does: 'sends no key frame for 60 s',
    look: ['no-key-frame'],
    watch: ['no-key-frame'],
    when: 'look',
    says: ['… packets came within … s, but no key frame.', 'No key frame came for … s.'],
    recovers: 'with the first key frame: a watch is told of after 15 s and goes on waiting, after 90 s it begins anew',
  },
  ...(['payload', 'rtp', 'framing'] as const).map((what): FaultCase => ({
    id: `garbage-${what}`,
    fault: { kind: 'garbage', what },
    does: `sends noise as ${what === 'payload' ? 'video' : what === 'rtp' ? 'whole RTP packets' : 'bytes without framing'}`,
    look: what === 'payload' ? ['garbage'] : broken,
    watch: [...broken, 'no-key-frame'],
    ...(what === 'payload' ? { still: ['garbage'] as const } : {}),
    when: 'look',
    recovers: nextLook,
  })),
  {
    id: 'packet-loss',
    fault: { kind: 'packet-loss', ratio: 0.05 },
    does: 'loses one packet in twenty',
    look: ['seen', 'garbage', 'no-key-frame'],
    watch: ['seen', 'garbage', 'no-key-frame'],
    when: 'look',
    recovers: 'a damaged key frame is thrown away and the next one taken; else with the next look',
  },
  {
    id: 'new-resolution',
    fault: { kind: 'new-resolution', clip: 'testcard-small', afterS: 0 },
    does: 'changes size and parameter sets in mid-stream',
    look: ['seen'],
    watch: ['seen'],
    still: ['seen'],
    when: 'look',
    recovers: `${ofItself}; the ring begins a new film, a live picture is opened anew`,
  },
  {
    id: 'freeze',
    fault: { kind: 'freeze' },
    does: 'sends the same picture for ever',
    look: ['seen', 'frozen'],
    watch: ['seen', 'frozen'],
    still: ['seen', 'frozen'],
    when: 'look',
    recovers: 'called frozen after seven looks with the very same picture; with the first other one it is whole',
  },
  {
    id: 'wrong-clock',
    fault: { kind: 'wrong-clock', offsetS: -86_400 },
    does: 'has a clock that is a day behind',
    look: ['seen'],
    watch: ['seen'],
    still: ['seen'],
    when: 'look',
    recovers: `${ofItself}: pictures are dated by our clock`,
  },
  {
    id: 'clock-jump',
    fault: { kind: 'clock-jump', afterFrames: 4, offsetS: 7200 },
    does: 'lets the times of its packets jump by two hours',
    look: ['seen'],
    watch: ['seen'],
    when: 'look',
    recovers: `${ofItself}: films go on by our clock`,
  },
  {
    id: 'still-endless',
    fault: { kind: 'bad-still', what: 'endless' },
    does: 'sends a still picture without end',
    look: ['seen'],
    still: ['garbage', 'silent'],
    when: 'look',
    says: ['Its picture is larger than … MiB.', 'It sent … bytes of a picture and no end of it…'],
    recovers: nextLook,
  },
  {
    id: 'still-page',
    fault: { kind: 'bad-still', what: 'page' },
    does: 'sends a page to sign in at as its still picture',
    look: ['seen'],
    still: ['garbage'],
    when: 'at-once',
    says: ['It sends text/html where a picture should be.'],
    recovers: nextLook,
  },
  {
    id: 'still-cut',
    fault: { kind: 'bad-still', what: 'cut' },
    does: 'sends half of a still picture',
    look: ['seen'],
    still: ['garbage'],
    when: 'at-once',
    says: ['…cannot be read…'],
    recovers: nextLook,
  },
  {
    id: 'still-huge',
    fault: { kind: 'bad-still', what: 'huge' },
    does: 'sends a small file that promises 4,290 megapixels',
    look: ['seen'],
    still: ['garbage'],
    when: 'at-once',
    recovers: nextLook,
  },
  ...(
    [
      ['udp-only', 'sends its stream over UDP alone'],
      ['no-parameter-sets', 'describes its stream without parameter sets'],
      ['audio-first', 'describes its sound before its picture'],
    ] as const
  ).map(([what, does]): FaultCase => ({
    id: what,
    fault: { kind: 'odd', what },
    does,
    look: ['seen'],
    watch: ['seen'],
    when: 'look',
    recovers: 'nothing is wrong with it',
  })),
];

/** Seconds within which the product says it, as it is set up by default. */
export const withinS: Readonly<Record<When, number>> = { 'at-once': 2, answer: 5, look: 12, key: 16 };

/** Is this reason one of the sentences? */
export const isSaid = (detail: string, says: readonly string[]): boolean =>
  says.some((sentence) => {
    const parts = sentence.split('…').map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(parts.join('.*'), 'i').test(detail);
  });
