// What a program in TypeScript traces every day. Nothing is set but the address and the token of the server.
import assert from 'node:assert/strict';
import process from 'node:process';

const { MlflowClient, SpanStatusCode, flushTraces, getLastActiveTraceId, init, startSpan, trace, updateCurrentTrace, withSpan } =
  await import(process.env.MLFLOW_PACKAGE);
const { MLFLOW_TRACKING_URI: trackingUri, MLFLOW_TRACKING_TOKEN: token } = process.env;
const client = new MlflowClient({ trackingUri, host: trackingUri, databricksToken: token });
const experimentId = await client.createExperiment('typescript');
init({ trackingUri, experimentId, trackingServerToken: token });

const inner = trace((x) => x + 1, { name: 'inner' });
const outer = trace(
  async (x) => {
    updateCurrentTrace({ tags: { t: '1' }, metadata: { m: '2' } });
    return inner(x) * 2;
  },
  { name: 'outer', attributes: { k: 1 } },
);
assert.equal(await outer(20), 42);
const good = getLastActiveTraceId();
await assert.rejects(
  withSpan(
    async () => {
      throw new Error('boom');
    },
    { name: 'bad' },
  ),
);
const bad = getLastActiveTraceId();
const span = startSpan({ name: 'by hand', inputs: { question: 'why' } });
span.end({ outputs: { answer: 42 } });
await flushTraces();

const read = await client.getTrace(good);
assert.deepEqual(
  read.data.spans.map((one) => [one.name, one.outputs]),
  [
    ['outer', 42],
    ['inner', 21],
  ],
);
assert.equal(read.info.tags.t, '1');
assert.equal(read.info.traceMetadata.m, '2');
const failed = await client.getTrace(bad);
assert.equal(failed.info.state, 'ERROR');
assert.equal(failed.data.spans[0].status.statusCode, SpanStatusCode.ERROR);
assert.equal((await client.getTrace(span.traceId)).data.spans[0].outputs.answer, 42);
await client.deleteExperiment(experimentId);
console.log('9 checks');
process.exit(0);
