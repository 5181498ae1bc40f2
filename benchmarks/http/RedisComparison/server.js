// The usual way to build room presence: a sorted set a room in Redis, scored by the last heartbeat, and a small HTTP server
// before it. Written as its users would for speed: verified tokens are cached, commands share a pipeline, nothing is logged.
import { createVerifier } from 'fast-jwt';
import Fastify from 'fastify';
import Redis from 'ioredis';

const redis = new Redis({ port: Number(process.env.REDIS_PORT), enableAutoPipelining: true });
const verify = createVerifier({ key: process.env.JWT_SECRET, algorithms: ['HS256'], cache: 200_000 });
const app = Fastify({ logger: false });

app.post('/api/v1/presence/rooms/:roomId/heartbeat', async (request, reply) => {
  let subject;
  try {
    subject = verify(request.headers.authorization?.slice('Bearer '.length)).sub;
  } catch {
    return reply.code(401).send({ status: 'error' });
  }
  await redis.zadd(`room:${request.params.roomId}`, Date.now(), subject);
  return reply.code(202).send({ success: true });
});

app.get('/health/ready', async () => ({ status: await redis.ping() }));

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
