// docs/errors.md, made from the list of codes.
import { errorCodes } from '#core/errors';

/** The whole text of docs/errors.md. */
export function errorPage(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, fact]) =>
      `| \`${code}\` | ${fact.meaning} | ${fact.whoActs} | ${fact.retry ? 'yes' : 'no'} | ${fact.status} |`,
  );
  return [
    '# Errors',
    '',
    'Made from `core/errors.ts` by `ahual docs`; a test holds both equal. An error is printed as code, what happened to which thing,',
    'and the cure. The log line carries the facts beside it.',
    '',
    '| code | meaning | who can act | does trying again help | HTTP |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
