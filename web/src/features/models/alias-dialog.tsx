import { Autocomplete, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { words } from '../../words/index.ts';
import styles from './models.module.css';
import { useMoveAlias } from './models-api.ts';
import { protectorOf } from './release.ts';
import type { VersionTabProps } from './version-tab.ts';

const { move: text } = words.models;

/** Which alias goes to which version, and why; says where it is now, and moves it only from there. */
export function AliasDialog({ project, version, facts, onClose }: VersionTabProps & { readonly onClose: () => void }) {
  const aliases = facts.model?.aliases ?? {};
  const [alias, setAlias] = useState('');
  const [to, setTo] = useState(String(version.number));
  const move = useMoveAlias(project, version.model);
  const name = alias.trim();
  const now = aliases[name];
  const holder = protectorOf(name, facts.deployments);
  return (
    <Ask
      open
      title={text.title}
      consequence={
        <bdi className="name" role="status">
          {name === ''
            ? text.sentence
            : holder
              ? text.protectedNow(holder.name)
              : now === undefined
                ? text.fresh(name)
                : text.now(name, now)}
        </bdi>
      }
      button={text.confirm(name, to)}
      reason="required"
      ready={name !== '' && holder === undefined && String(now) !== to}
      busy={move.isPending}
      error={move.error}
      onYes={(reason) => move.mutate({ alias: name, version: Number(to), expected: now ?? null, reason }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <div className={styles['calls']}>
        <Autocomplete
          label={text.alias}
          description={text.aliasHint}
          data={Object.keys(aliases)}
          value={alias}
          onChange={setAlias}
          required
          maxLength={255}
        />
        <NativeSelect
          label={text.version}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
          data={facts.versions
            .filter(({ retired_at_ms }) => retired_at_ms === null)
            .map(({ number }) => ({ value: String(number), label: words.models.version(number) }))}
        />
      </div>
    </Ask>
  );
}
