// Reads English sentences by templates with holes: `There is no camera {camera}.` gives the camera. `{_}` is a hole that nobody
// needs, `{n}` a number.

export type Found = Readonly<Record<string, string | number>>;

/** What reads one template: the facts in its holes, or undefined where the words are others. Letters of either case fit. */
export function readerOf(template: string): (words: string) => Found | undefined {
  const names: string[] = [];
  const form = template
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name);
      return name === 'n' ? '(\\d+)' : '(.{1,300}?)';
    })
    .join('');
  const whole = new RegExp(`^${form}$`, 'isu');
  return (words) => {
    const found = whole.exec(words);
    if (!found) return undefined;
    const facts: Record<string, string | number> = {};
    names.forEach((name, i) => {
      const value = found[i + 1] ?? '';
      if (name !== '_') facts[name] = name === 'n' ? Number(value) : value;
    });
    return facts;
  };
}
