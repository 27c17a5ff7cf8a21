// What a page notes beside the cards that it knows must not outlive them: a wall runs for thirty days, a desk for a shift. Pure.

/** So many more names than known cards may stand, so that not every change looks through all of them. */
const spare = 200;

/**
 * The names of which something is known, or that `isKept` holds on to; the same set while it is small beside what is known.
 * Whatever the number of cards that ever came, at most `spare` names more than there are cards stay.
 */
export function withoutGone(
  names: ReadonlySet<string>,
  known: Pick<ReadonlyMap<string, unknown>, 'has' | 'size'>,
  isKept: (name: string) => boolean = () => false,
): ReadonlySet<string> {
  if (names.size <= known.size + spare) return names;
  const left = [...names].filter((name) => known.has(name) || isKept(name));
  return left.length === names.size ? names : new Set(left);
}

/** Things that are dear to make, by name; of those that were not asked for longest only the last `most` stay. */
export class LastUsed<T> {
  readonly #most: number;
  readonly #made = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#made.size;
  }

  /** The thing of this name, made now where it is not here. */
  of(name: string, make: () => T): T {
    const known = this.#made.get(name);
    const thing = known ?? make();
    // Put in again, it stands last: the first one is the one that was not asked for longest.
    this.#made.delete(name);
    this.#made.set(name, thing);
    const [oldest] = this.#made.keys();
    if (this.#made.size > this.#most && oldest !== undefined) this.#made.delete(oldest);
    return thing;
  }
}
