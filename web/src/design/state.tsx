import { Button, Skeleton } from '@mantine/core';
import { SlipwayApiError, SlipwayConnectionError } from '@slipway/sdk';
import { type ReactNode, useEffect, useState } from 'react';
import { words } from '../words/index.ts';
import styles from './state.module.css';
import { StatusIcon } from './status.tsx';

/** As much of a TanStack query as a part of a page needs. */
export interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

export interface PartProps<T> {
  readonly of: Asked<T>;
  /** About how tall the part will be, so that nothing jumps when it comes. */
  readonly height?: number;
  readonly children: (data: T) => ReactNode;
}

/** A part of a page that waits for an answer: skeleton, then content; in its place the error, if there is one. */
export function Part<T>({ of, height = 120, children }: PartProps<T>) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <Problem error={of.error} again={of.refetch} />;
  return <Waiting height={height} />;
}

const nothing_ms = 100;
const say_ms = 3000;

/** Nothing at first, then the shape of what comes, and after a while the words that say what it waits for. */
function Waiting({ height }: { readonly height: number }) {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [setTimeout(() => setStage(1), nothing_ms), setTimeout(() => setStage(2), say_ms)];
    return () => timers.forEach(clearTimeout);
  }, []);
  if (stage === 0) return <div style={{ height }} aria-busy="true" />;
  return (
    <div style={{ height }} aria-busy="true">
      <Skeleton height={stage === 2 ? height - 24 : height} radius={7} />
      {stage === 2 && <p className="muted small">{words.common.stillWaiting}</p>}
    </div>
  );
}

/** What failed, whose fault, what to do, the code; the rest of the page stays usable. */
export function Problem({ error, again }: { readonly error: Error; readonly again?: () => unknown }) {
  const api = error instanceof SlipwayApiError ? error : undefined;
  const todo = api ? api.todo : error instanceof SlipwayConnectionError ? words.common.serverAway : words.common.reload;
  const details = [error.message, todo, api && `${api.code} ${api.status} ${api.request ?? ''}`].filter(Boolean).join('\n');
  return (
    <div className={styles['problem']} role="alert">
      <StatusIcon kind="bad" />
      <div>
        <p className="name">{error.message}</p>
        <p className="name second small">
          {todo} {api && <code>{api.code}</code>}
        </p>
        <div className={styles['buttons']}>
          {again && (
            <Button size="compact-xs" variant="default" onClick={() => void again()}>
              {words.common.tryAgain}
            </Button>
          )}
          <Button size="compact-xs" variant="default" onClick={() => void navigator.clipboard?.writeText(details)}>
            {words.common.copyDetails}
          </Button>
        </div>
      </div>
    </div>
  );
}

export interface EmptyProps {
  /** One sentence on what belongs here. */
  readonly sentence: ReactNode;
  /** One line to run or one button. */
  readonly children?: ReactNode;
}

export function Empty({ sentence, children }: EmptyProps) {
  return (
    <div className={styles['empty']}>
      <p>{sentence}</p>
      {children}
    </div>
  );
}
