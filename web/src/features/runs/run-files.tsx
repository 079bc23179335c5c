import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { client } from '../../client/client.ts';
import { Card, Columns } from '../../design/card.tsx';
import { bytes } from '../../design/numbers.ts';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { previewOf, textLimit_bytes } from './preview.ts';
import styles from './runs.module.css';
import { type Artifact, artifactTextQuery, type RunDetail } from './runs-api.ts';

export interface RunFilesProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly artifacts: readonly Artifact[];
  readonly file: string;
  readonly onFile: (path: string) => void;
}

const addressOf = (project: string, run: string, path: string) =>
  `/api/v1/projects/${encodeURIComponent(project)}/runs/${run}/artifact?path=${encodeURIComponent(path)}`;

/** What the run left behind. A preview is text or pixels, never a page of its own. */
export function RunFiles({ project, run, artifacts, file, onFile }: RunFilesProps) {
  if (artifacts.length === 0)
    return (
      <Card>
        <Empty sentence={words.runs.noFiles} />
      </Card>
    );
  const chosen = artifacts.find(({ path }) => path === file);
  return (
    <Columns widths={chosen ? 'minmax(0, 1fr) minmax(0, 1fr)' : 'minmax(0, 1fr)'}>
      <Card title={words.runs.tabs.files} flush>
        <Table
          label={words.runs.tabs.files}
          rows={artifacts}
          keyOf={({ path }) => path}
          chosen={({ path }) => path === file}
          columns={[
            {
              key: 'path',
              title: words.runs.file,
              cell: ({ path }) => (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => onFile(path === file ? '' : path)}
                  aria-label={words.runs.previewOf(path)}
                >
                  <bdi className="name">{path}</bdi>
                </Button>
              ),
            },
            { key: 'bytes', title: words.runs.size, number: true, cell: ({ bytes: size }) => bytes(size) },
            { key: 'digest', title: words.runs.digest, cell: ({ digest }) => <code title={digest}>{digest.slice(0, 10)}</code> },
            {
              key: 'download',
              title: '',
              cell: ({ path }) => (
                <a href={addressOf(project, run.id, path)} download={path.split('/').at(-1)} aria-label={`${words.runs.download} ${path}`}>
                  <IconDownload size={15} aria-hidden />
                </a>
              ),
            },
          ]}
        />
      </Card>
      {chosen && (
        <Card title={chosen.path} note={bytes(chosen.bytes)}>
          <Preview project={project} run={run.id} artifact={chosen} />
        </Card>
      )}
    </Columns>
  );
}

function Preview({ project, run, artifact }: { readonly project: string; readonly run: string; readonly artifact: Artifact }) {
  const kind = previewOf(artifact);
  if (kind === 'text') return <TextPreview project={project} run={run} path={artifact.path} />;
  if (kind === 'image') return <ImagePreview project={project} run={run} path={artifact.path} />;
  return <p className="second">{kind === 'large' ? words.runs.tooLarge(bytes(textLimit_bytes)) : words.runs.noPreview}</p>;
}

interface PathProps {
  readonly project: string;
  readonly run: string;
  readonly path: string;
}

function TextPreview({ project, run, path }: PathProps) {
  const asked = useQuery(artifactTextQuery(project, run, path));
  return (
    <Part of={asked} height={200}>
      {(text) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls it with the arrows
        <pre className={`mono name ${styles['log']}`} tabIndex={0}>
          {pretty(path, text)}
        </pre>
      )}
    </Part>
  );
}

function pretty(path: string, text: string): string {
  if (!path.endsWith('.json')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Decoded to pixels and drawn: whatever else the file holds stays in it. */
function ImagePreview({ project, run, path }: PathProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const asked = useQuery({
    queryKey: ['runs', project, 'image', run, path],
    queryFn: async ({ signal }) => {
      const answer = await client.runs.getArtifact({ params: { project, run }, query: { path }, signal });
      return createImageBitmap(await new Response(answer.stream).blob());
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    const [element, image] = [canvas.current, asked.data];
    if (!element || !image) return;
    element.width = image.width;
    element.height = image.height;
    element.getContext('2d')?.drawImage(image, 0, 0);
  }, [asked.data]);
  return (
    <Part of={asked} height={200}>
      {() => (
        <div className={styles['preview']}>
          <canvas ref={canvas} role="img" aria-label={words.runs.previewOf(path)} style={{ maxWidth: '100%' }} />
        </div>
      )}
    </Part>
  );
}
