// The hand on the world: a small HTTP door on loopback, behind a token, that lets hazards begin and end and tells the truth.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AhualError } from '#core/errors';
import { AgencyConduct, type Agencies } from './agency.ts';
import { Fault, type FaultInput } from './faults.ts';
import { sameText } from './sign-in.ts';
import type { CameraTruth, CityCamera } from './city.ts';

/** What the door may do to the city. */
export interface World {
  truth(): CameraTruth[];
  cameras(): readonly CityCamera[];
  begin(cameraId: string): void;
  end(cameraId: string): void;
  fault(cameraId: string, fault: FaultInput | null): Promise<void>;
  claimDone(cameraId: string): void;
}

const FaultBody = Fault.nullable();

/**
 * Adds the door: `GET /world/truth`, `GET /world/cameras`, `GET /world/deliveries`, `POST /world/cameras/:id/begin|end|claim`,
 * `POST /world/cameras/:id/fault` with a fault or null, `POST /world/agencies/:id` with a conduct.
 * Each request carries `Authorization: Bearer <token>`.
 */
export function registerWorld(
  server: FastifyInstance,
  options: { world: World; agencies: Agencies; token: string },
): void {
  const { world, agencies, token } = options;
  server.register(
    (scope, _options, done) => {
      scope.addHook('onRequest', async (request, reply) => {
        const given = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
        if (!sameText(given, token)) await reply.code(401).send({ error: 'the token of the world is needed' });
      });
      scope.setErrorHandler((error, _request, reply) => {
        if (error instanceof AhualError)
          return reply.code(error.status).send({ error: error.code, message: error.message, cure: error.cure });
        if (error instanceof z.ZodError)
          return reply.code(400).send({ error: 'REQUEST_INVALID', message: z.prettifyError(error) });
        throw error;
      });
      scope.get('/truth', () => ({ cameras: world.truth() }));
      scope.get('/cameras', () => ({ cameras: world.cameras() }));
      scope.get('/deliveries', () => ({ deliveries: agencies.deliveries() }));
      scope.post<{ Params: { id: string } }>('/cameras/:id/begin', (request, reply) => {
        world.begin(request.params.id);
        return reply.code(202).send({});
      });
      scope.post<{ Params: { id: string } }>('/cameras/:id/end', (request, reply) => {
        world.end(request.params.id);
        return reply.code(202).send({});
      });
      scope.post<{ Params: { id: string } }>('/cameras/:id/claim', (request, reply) => {
        world.claimDone(request.params.id);
        return reply.code(202).send({});
      });
      scope.post<{ Params: { id: string } }>('/cameras/:id/fault', async (request, reply) => {
        await world.fault(request.params.id, FaultBody.parse(request.body));
        return reply.code(202).send({});
      });
      scope.post<{ Params: { id: string } }>('/agencies/:id', (request, reply) => {
        agencies.setConduct(request.params.id, AgencyConduct.parse(request.body));
        return reply.code(202).send({});
      });
      done();
    },
    { prefix: '/world' },
  );
}
