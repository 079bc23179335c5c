import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Evaluation, readEvaluation } from './evaluation.ts';
import { type Artifact, artifactTextQuery } from './runs-api.ts';

const largest_bytes = 8 * 2 ** 20;

/** The first evaluation among the files of a run, if it left one. */
export function evaluationFile(artifacts: readonly Artifact[]): Artifact | undefined {
  return artifacts.find(({ path, bytes }) => path.startsWith('evaluation/') && path.endsWith('.json') && bytes <= largest_bytes);
}

export function useEvaluation(project: string, run: string, artifacts: readonly Artifact[]): Evaluation | null {
  const file = evaluationFile(artifacts);
  const text = useQuery({ ...artifactTextQuery(project, run, file?.path ?? ''), enabled: file !== undefined });
  return useMemo(() => (text.data === undefined ? null : readEvaluation(text.data)), [text.data]);
}
