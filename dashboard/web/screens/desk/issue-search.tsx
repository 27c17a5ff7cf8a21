// Any other issue of the city: a search over the tree and its leaves, one of them chosen by arrows, words or pointer.
import { useEffect, useMemo, useRef } from 'react';
import type { Category } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { foundIn, type Tree } from './issues.ts';

const listId = 'by-hand-issues';
const optionId = (leaf: Category): string => `${listId}-${leaf.id}`;

export function IssueSearch({
  tree,
  typed,
  leaf,
  onType,
  onChoose,
}: {
  tree: Tree;
  typed: string;
  leaf: Category | undefined;
  onType: (typed: string) => void;
  onChoose: (leaf: Category) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => foundIn(tree, typed), [tree, typed]);
  const leaves = found.flatMap((one) => one.leaves);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [leaf]);
  const walk = (by: number): void => {
    const at = leaf ? leaves.indexOf(leaf) : by > 0 ? -1 : 0;
    const next = leaves[(at + by + leaves.length) % leaves.length];
    if (next) onChoose(next);
  };
  return (
    <div className="issue-search">
      <label>
        {say('byHand.search')}
        <input
          ref={field}
          type="search"
          value={typed}
          maxLength={60}
          autoComplete="off"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          {...(leaf ? { 'aria-activedescendant': optionId(leaf) } : {})}
          data-testid="by-hand-search"
          onChange={(event) => onType(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.code !== 'ArrowDown' && event.code !== 'ArrowUp') return;
            event.preventDefault();
            walk(event.code === 'ArrowDown' ? 1 : -1);
          }}
        />
      </label>
      {leaves.length === 0 && (
        <p className="mute" role="status">
          {say('byHand.noIssue')}
        </p>
      )}
      <div ref={list} id={listId} className="issue-list" role="listbox" aria-label={say('byHand.which')} tabIndex={-1}>
        {found.map(({ branch, leaves: below }) => (
          <div key={branch.id} role="group" aria-label={format.pick(branch.name)}>
            <div className="issue-branch mute" aria-hidden="true">
              {format.pick(branch.name)}
            </div>
            {below.map((one) => (
              <div
                key={one.id}
                id={optionId(one)}
                role="option"
                aria-selected={one === leaf}
                className="issue"
                data-testid={`issue-${one.id}`}
                onClick={() => onChoose(one)}
              >
                {format.pick(one.name)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
