import type { RunInput } from '../../features/runs/index.ts';
import { assertLength, limits } from './names.ts';
import { contextTag } from './runs-mapping.ts';
import { isWire, missing, objects, read, text, type Wire, wrongType } from './wire.ts';

const dataset = { name: text, digest: text, source_type: text, source: text, schema: text, profile: text };

/** Inputs of a run as the client tells them; `mlflow.data.context` says what for. */
export function inputsOf(wires: readonly Wire[]): RunInput[] {
  return wires.map((wire, at) => inputOf(wire, `datasets[${at}]`));
}

function inputOf(wire: Wire, path: string): RunInput {
  const told = wire['dataset'];
  if (!isWire(told)) throw told === undefined ? missing(`${path}.dataset`) : wrongType(`${path}.dataset`, told);
  const { name, digest, source_type, source, schema, profile } = read(told, dataset);
  for (const [member, value] of Object.entries({ name, digest, source_type, source })) {
    if (value === '') throw missing(`${path}.dataset.${member}`);
  }
  assertLength('name', name, limits.datasetName_chars);
  assertLength('digest', digest, limits.datasetDigest_chars);
  assertLength('schema', schema, limits.datasetSchema_chars);
  assertLength('source', source, limits.datasetSource_chars);
  assertLength('profile', profile, limits.datasetProfile_chars);
  const listed = objects.read(wire['tags'] ?? []);
  if (!listed) throw wrongType(`${path}.tags`, wire['tags']);
  const tags = listed.map((tag, at) => {
    const pair = read(tag, { key: text, value: text });
    if (pair.key === '') throw missing(`${path}.tags[${at}].key`);
    assertLength('key', pair.key, limits.inputTagKey_chars);
    assertLength('value', pair.value, limits.inputTagValue_chars);
    return pair;
  });
  return {
    dataset: name,
    version: null,
    digest,
    context: tags.find(({ key }) => key === contextTag)?.value ?? '',
    tags: tags.filter(({ key }) => key !== contextTag),
    outside: { source_type, source, schema: schema || null, profile: profile || null },
  };
}
