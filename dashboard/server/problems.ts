// Every refusal as one body: code, what happened, what to do. Nothing of the inside leaves with it.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AhualError, messageOf } from '#core/errors';
import { withoutSecrets, type Log } from '#core/log';
import type { Problem } from '../contract.ts';
import { reasonOf } from '../problem-reasons.ts';

/** Who was first, for a 409 that a person has to understand. */
export type First = NonNullable<Problem['first']>;

/** A refusal that carries more than an AhualError: who was first, or when to come back. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly why: AhualError;
  readonly status: number;
  readonly first: First | undefined;
  readonly retryAfterS: number | undefined;
  readonly step: Problem['step'];

  constructor(
    why: AhualError,
    more: { status?: number; first?: First | undefined; retryAfterS?: number; step?: Problem['step'] },
  ) {
    super(why.message, { cause: why });
    this.why = why;
    this.status = more.status ?? why.status;
    this.first = more.first;
    this.retryAfterS = more.retryAfterS;
    this.step = more.step;
  }
}

/** A refusal as the body of an answer: the words as they were thrown, and the sentence of the screens that says them. */
function bodyOf({ code, message, cure }: Pick<Problem, 'code' | 'message' | 'cure'>, requestId: string): Problem {
  const problem: Problem = { code, message, cure, requestId };
  const said = reasonOf(message, cure);
  if (said?.reason != null) {
    problem.reason = said.reason;
    problem.facts = { ...said.facts };
  }
  return problem;
}

const isFastifyError = (thrown: unknown): thrown is FastifyError => thrown instanceof Error && 'statusCode' in thrown;

/** The status and body of anything that was thrown while a request was answered. */
export function problemOf(thrown: unknown, requestId: string): { status: number; problem: Problem } {
  if (thrown instanceof Refusal) {
    const { why, first, retryAfterS, step } = thrown;
    const problem = bodyOf(why, requestId);
    if (first) problem.first = first;
    if (retryAfterS !== undefined) problem.retryAfterS = retryAfterS;
    if (step !== undefined) problem.step = step;
    return { status: thrown.status, problem };
  }
  if (thrown instanceof AhualError) {
    // What the deployer has to cure is for the log; a browser learns that it happened and where to look it up.
    const { status, code } = thrown;
    if (status < 500) return { status, problem: bodyOf(thrown, requestId) };
    return {
      status,
      problem: { code, message: 'The server could not do this.', cure: atTheLog(requestId), requestId },
    };
  }
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const issue = thrown.validation[0];
    const where = issue ? `${issue.instancePath.replace(/^\//, '').replaceAll('/', '.')}: ${issue.message ?? ''}` : '';
    const message = `This request does not have the agreed form (${where}).`;
    const problem = bodyOf({ code: 'REQUEST_INVALID', message, cure: 'Reload the page.' }, requestId);
    return { status: 400, problem };
  }
  if (isFastifyError(thrown) && thrown.statusCode === 429) {
    const message = 'Too many requests from this address.';
    return { status: 429, problem: { code: 'BUSY', message, cure: 'Wait a minute and try again.', requestId } };
  }
  if (isFastifyError(thrown) && thrown.statusCode !== undefined && thrown.statusCode < 500) {
    const problem = { code: 'REQUEST_INVALID', message: thrown.message, cure: 'Reload the page.', requestId };
    return { status: thrown.statusCode, problem };
  }
  const message = 'Something that should not happen did happen.';
  return { status: 500, problem: { code: 'INTERNAL', message, cure: atTheLog(requestId), requestId } };
}

const atTheLog = (requestId: string): string => `Give your engineer this number: ${requestId}.`;

/** Fastify's handler of errors. What is our own fault goes to the log, with its cause and without secrets. */
export function answerProblem(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, problem } = problemOf(thrown, request.id);
    if (status >= 500) {
      log.error(
        {
          requestId: request.id,
          route: request.routeOptions.url,
          code: problem.code,
          error: withoutSecrets(messageOf(thrown)),
          facts: thrown instanceof AhualError ? thrown.facts : undefined,
          stack: thrown instanceof Error ? thrown.stack : undefined,
        },
        'a request could not be answered',
      );
    }
    if (problem.retryAfterS !== undefined) void reply.header('retry-after', String(problem.retryAfterS));
    return reply.status(status).send(problem);
  };
}
