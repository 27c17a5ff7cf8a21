// The files of tests themselves: those that share a process start nothing, and the list of the long ones names what is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { longest, pureRooms } from '../support/longest-first.ts';

test('every long file that begins first is there', () => {
  expect(longest.filter((path) => !existsSync(inRoot(path)))).toEqual([]);
});

test('tests that share a process ask for no database, no stand and no other environment', () => {
  const files = pureRooms.flatMap((room) =>
    readdirSync(inRoot(room), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.test\.tsx?$/.test(path))
      .map((path) => join(room, path)),
  );
  expect(files.length).toBeGreaterThan(50);
  const leaves =
    /support\/(?!property)|-stand\.ts|vi\.(mock|doMock|stubEnv|setConfig)|process\.chdir|process\.env\[[^\]]*\] =[^=]/;
  // A global that is stubbed for one test is put back after each.
  const borrows = /vi\.stubGlobal/;
  const putsBack = /afterEach\((async )?\(\) => \{[^}]*vi\.unstubAllGlobals\(\);/;
  const isBad = (text: string): boolean => leaves.test(text) || (borrows.test(text) && !putsBack.test(text));
  expect(files.filter((path) => isBad(readFileSync(inRoot(path), 'utf8')))).toEqual([]);
});
