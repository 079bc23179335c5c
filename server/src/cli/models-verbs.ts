import { defined } from '../kernel/defined.ts';
import { exits } from './exits.ts';
import { bytesText, type Cell, facts, numberText } from './format.ts';
import { wholeNumber } from './numbers.ts';
import { CliProblem, usageProblem } from './problem.ts';
import { type HashedFile, namedFiles } from './project-folder.ts';
import { hashFiles, uploadMissing } from './upload.ts';
import { type Noun, type Verb, verb } from './verb.ts';
import type { Work } from './work.ts';

const add = verb({
  usage: 'add <file>',
  summary: 'Add an ONNX file of another tool as a version. It is read and tried first; the same file again is the same version.',
  example: 'models add model.onnx --name quality --matrix-columns speed,load,temperature',
  options: {
    'name <model>': 'the model that it is a version of; made when it is not there',
    'matrix-columns <a,b,c>': 'names for the columns of a model that takes one matrix, in its order',
    'classes <a,b>': 'labels in the order of the probabilities, where the file names none',
    'target <column>': 'what it predicts',
    'description <text>': 'of the model',
  },
  async run({ file, name: model, target, classes, description, ...more }, work) {
    if (model === undefined) throw usageProblem('The model has no name.', `Say which one it is: slipway models add ${file} --name NAME.`);
    const { client, project, signal } = work;
    const hashed = await uploaded(file, work);
    const inputs = listOf(more['matrix-columns']);
    const body = defined({ file: hashed.digest, target, classes: listOf(classes), inputs, description });
    const added = await client.models.add({ params: { project, model }, body, signal, timeout_ms: readIn_ms });
    await work.answer(added, ({ version, is_new }) => [
      `Version ${version.number} of ${model}${is_new ? '' : ' (was there already)'}: ${taskText(version.signature)}, takes ${version.signature.inputs.map((input) => input.name).join(', ')}.`,
      `Release it with \`slipway deploy ${model}\`, where no gate judges the model.`,
    ]);
    return exits.ok;
  },
});

async function uploaded(name: string, work: Work): Promise<HashedFile> {
  const [file, other] = namedFiles(work.environment.folder, [name]);
  if (file === undefined || other !== undefined) throw usageProblem(`${name} is not one file.`, 'Name one ONNX file.');
  // Loaded here and not above: it brings protobufjs, 8 MB that no other verb needs.
  const { onnxLimits } = await import('../platform/onnx/index.ts');
  if (file.bytes > onnxLimits.file_bytes) {
    const limit = bytesText(onnxLimits.file_bytes);
    throw new CliProblem(
      exits.failed,
      `${name} is larger than a model file may be (${limit}).`,
      'Nothing was sent. Export a smaller model.',
    );
  }
  const [hashed] = await hashFiles([file], work);
  if (hashed === undefined) throw new Error('a file was not hashed');
  await uploadMissing([hashed], work);
  return hashed;
}

/** The file is read, loaded and tried before the answer comes, in at most a minute. */
const readIn_ms = 300_000;

function listOf(text: string | undefined): string[] | undefined {
  return text?.split(',').map((one) => one.trim());
}

function taskText({ task, classes }: { readonly task: string; readonly classes: readonly string[] }): string {
  return classes.length > 0 ? `${task} (${classes.join(', ')})` : task;
}

const ls = verb({
  usage: 'ls [model]',
  summary: 'List the models, or the versions of one.',
  example: 'models ls delay',
  async run({ model }, { client, project, signal, answer }) {
    if (model === undefined) {
      await answer(await client.models.list({ params: { project }, signal }), ({ items }, see) =>
        see.table(
          ['model', '>versions', 'aliases', 'owner', 'intended use', ''],
          items.map((one) => [
            one.name,
            one.versions,
            aliasesText(one.aliases),
            one.definition.owner,
            one.definition.intended_use,
            one.retired ? 'retired' : '',
          ]),
          'No models yet.',
        ),
      );
      return exits.ok;
    }
    await answer(await client.models.versions({ params: { project, model }, signal }), ({ items }, see) =>
      see.table(
        ['>version', 'task', '>inputs', 'trained on', 'made', '', 'digest'],
        items.map((one) => [
          one.number,
          one.signature.task,
          one.signature.inputs.length,
          one.dataset_versions.map((data) => `${data.dataset} ${data.number}`).join(', '),
          see.when(one.created_at_ms),
          one.retired_at_ms === null ? '' : 'retired',
          digestOf(one).slice(0, 12),
        ]),
        `Model ${model} has no versions yet.`,
      ),
    );
    return exits.ok;
  },
});

function aliasesText(aliases: Readonly<Record<string, number>>): string {
  return Object.entries(aliases)
    .map(([alias, version]) => `${alias} ${version}`)
    .join(', ');
}

const show = verb({
  usage: 'show <model> <version>',
  summary: 'Show a version: what it takes, where it came from, who serves it.',
  example: 'models show delay 2',
  async run({ model, version }, { client, project, signal, answer }) {
    const params = { project, model, version: wholeNumber(version, 'version') };
    await answer(await client.models.version({ params, signal }), (one, see) => [
      ...facts([
        ['version', `${one.number} of ${one.model}`],
        ['digest', digestOf(one)],
        ['aliases', one.aliases.join(', ')],
        ['task', taskText(one.signature)],
        ['predicts', one.signature.target],
        ['made', see.when(one.created_at_ms)],
        ['retired', see.when(one.retired_at_ms)],
        ['run', one.run_id],
        ['execution', one.execution_id],
        ...one.dataset_versions.map((data) => ['trained on', `${data.dataset} version ${data.number}`] as const),
        ['commit', one.code?.commit],
        ...one.holds.map((hold) => ['in use by', `${hold.holder} (${hold.reason})`] as const),
        ...one.files.map((file) => ['file', `${file.path}, ${bytesText(file.bytes)}`] as const),
      ]),
      '',
      ...see.table(
        ['input', 'kind', 'unit', 'may be missing', 'range or categories', '>importance'],
        one.signature.inputs.map((input) => [
          input.name,
          input.kind,
          input.unit,
          input.nullable,
          rangeText(input),
          one.importance[input.name],
        ]),
        'No inputs.',
      ),
    ]);
    return exits.ok;
  },
});

const categoriesShown = 5;

function rangeText({ min, max, categories }: { min: number | null; max: number | null; categories: readonly string[] | null }): Cell {
  if (categories !== null) {
    const rest = categories.length - categoriesShown;
    return categories.slice(0, categoriesShown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  }
  return min === null || max === null ? '' : `${numberText(min)} to ${numberText(max)}`;
}

const alias = verb({
  usage: 'alias <model> <alias> [version]',
  summary: 'Point an alias at a version; `champion` of a deployed model moves by `slipway deploy` only.',
  example: 'models alias delay challenger 3',
  options: { delete: 'take the alias away' },
  async run({ model, alias: name, version, delete: away = false }, work) {
    const { client, project, signal } = work;
    const params = { project, model, alias: name };
    if (away) {
      await client.models.deleteAlias({ params, signal });
      await work.answer({ model, alias: name, version: null }, () => [`Alias ${name} of ${model} is gone.`]);
      return exits.ok;
    }
    if (version === undefined) throw usageProblem(`No version was named for ${name}.`, 'Name one, or take the alias away with `--delete`.');
    const body = { version: wholeNumber(version, 'version') };
    await client.models.setAlias({ params, body, signal });
    await work.answer({ model, alias: name, ...body }, (set) => [`Alias ${name} of ${model} is version ${set.version}.`]);
    return exits.ok;
  },
});

/** Stands alone, as a stage of the loop, and with the other verbs of its noun. */
function retireVerb(example: string): Verb {
  return verb({
    usage: 'retire <model> <version>',
    summary: 'Retire a version; one that serves is refused, naming who serves it.',
    example,
    async run({ model, version }, { client, project, signal, answer }) {
      const params = { project, model, version: wholeNumber(version, 'version') };
      await answer(await client.models.retireVersion({ params, signal }), (one) => [`Version ${one.number} of ${one.model} is retired.`]);
      return exits.ok;
    },
  });
}

export const retire = retireVerb('retire delay 1');

export const models: Noun = {
  noun: 'models',
  summary: 'Models and their versions: add, ls, show, alias, retire.',
  verbs: [add, ls, show, alias, retireVerb('models retire delay 1')],
};

/** Of files that lie elsewhere nobody here knows what they are. */
function digestOf({ flavor, digest }: { readonly flavor: string; readonly digest: string }): string {
  return flavor === 'outside' ? 'unknown' : digest;
}
