import type { RegisteredModel, RegisteredVersion } from '../../features/models/index.ts';
import { artifactsFolder, artifactsRoot, filled, list } from './runs-mapping.ts';

type Json = Record<string, unknown>;

export const noStage = 'None';
const stages = [noStage, 'Staging', 'Production', 'Archived'] as const;

/** In any case, as old clients write them; undefined for another word. */
export function stageOf(word: string): string | undefined {
  return stages.find((stage) => stage.toLowerCase() === word.toLowerCase());
}

/** Registry answers spell out empty texts; only searches and lists leave the aliases out. */
export function versionWire(version: RegisteredVersion, { aliases = true }: { readonly aliases?: boolean } = {}): Json {
  const { facts } = version;
  return {
    name: version.model,
    version: String(version.number),
    creation_timestamp: version.created_at_ms,
    last_updated_timestamp: facts.updated_at_ms,
    current_stage: facts.stage ?? noStage,
    description: facts.description ?? '',
    source: facts.source,
    run_id: version.run_id ?? '',
    status: 'READY',
    ...list('tags', version.tags),
    run_link: facts.run_link ?? '',
    ...list('aliases', aliases ? version.aliases : []),
  };
}

export function modelWire(model: RegisteredModel): Json {
  return {
    name: model.name,
    creation_timestamp: model.created_at_ms,
    last_updated_timestamp: model.updated_at_ms,
    ...filled({ description: model.description }),
    ...list(
      'latest_versions',
      model.newest.map((version) => versionWire(version, { aliases: false })),
    ),
    ...list('tags', model.tags),
    ...list(
      'aliases',
      model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
    ),
  };
}

/** The frozen files of the version, whatever happens to where they came from. */
export function addressOfVersion({ id, facts, files }: RegisteredVersion): string {
  return facts.outside ?? (files.length === 0 ? facts.source : `${artifactsRoot}versions/${id}/${artifactsFolder}`);
}
