import { Autocomplete, Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../../design/state.tsx';
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
  const [reason, setReason] = useState('');
  const move = useMoveAlias(project, version.model);
  const name = alias.trim();
  const now = aliases[name];
  const holder = protectorOf(name, facts.deployments);
  return (
    <Modal opened onClose={onClose} title={text.title}>
      <form
        className={styles['dialog']}
        onSubmit={(event) => {
          event.preventDefault();
          move.mutate({ alias: name, version: Number(to), expected: now ?? null, reason: reason.trim() }, { onSuccess: onClose });
        }}
      >
        <Autocomplete
          label={text.alias}
          description={text.aliasHint}
          data={Object.keys(aliases)}
          value={alias}
          onChange={setAlias}
          required
          maxLength={255}
          data-autofocus
        />
        <NativeSelect
          label={text.version}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
          data={facts.versions
            .filter(({ retired_at_ms }) => retired_at_ms === null)
            .map(({ number }) => ({ value: String(number), label: words.models.version(number) }))}
        />
        <TextInput
          label={words.common.reason}
          description={words.common.reasonHint}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={2000}
          required
        />
        {name !== '' && (
          <p className="second name" role="status">
            {holder ? text.protectedNow(holder.name) : now === undefined ? text.fresh(name) : text.now(name, now)}
          </p>
        )}
        {move.error && <Problem error={move.error} />}
        <div className={styles['dialogEnd']}>
          <Button variant="default" onClick={onClose}>
            {words.common.cancel}
          </Button>
          <Button
            type="submit"
            loading={move.isPending}
            disabled={name === '' || reason.trim() === '' || holder !== undefined || String(now) === to}
          >
            {text.confirm(name, to)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
