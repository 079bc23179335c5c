import { Autocomplete, Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { words } from '../../words/index.ts';
import { membersQuery } from '../access/access-api.ts';
import styles from './audit.module.css';
import type { AuditEvent } from './audit-api.ts';

const t = words.audit;
const none = { who: '', type: '', object: '', text: '', from: '', to: '' };

/** Conditions of the log; they take effect together and are kept in the address. */
export function Filters({ project, events }: { readonly project: string; readonly events: readonly AuditEvent[] }) {
  const [view, setView] = useView({ who: '', type: '', object: '', text: '', from: '', to: '' });
  const [draft, setDraft] = useState<typeof none>(view);
  const members = useQuery(membersQuery(project)).data ?? [];
  const known = (values: readonly string[]) => [...new Set(values)].toSorted();
  const set = (name: keyof typeof none) => (value: string) => setDraft((before) => ({ ...before, [name]: value }));
  const apply = (event: FormEvent) => {
    event.preventDefault();
    setView(Object.fromEntries(Object.entries(draft).map(([name, value]) => [name, value.trim()])));
  };
  const choice = (name: 'who' | 'type' | 'object', label: string, placeholder: string, data: readonly string[]) => (
    <Autocomplete size="xs" label={label} placeholder={placeholder} value={draft[name]} onChange={set(name)} data={[...data]} limit={20} />
  );
  const field = (name: 'text' | 'from' | 'to', label: string, type: string, placeholder?: string) => (
    <TextInput
      size="xs"
      label={label}
      type={type}
      placeholder={placeholder}
      value={draft[name]}
      onChange={(event) => set(name)(event.currentTarget.value)}
    />
  );
  const filtered = Object.keys(none).some((name) => view[name as keyof typeof none] !== '');
  return (
    <Card>
      <form className={styles['filters']} onSubmit={apply}>
        {choice('who', t.filters.who, t.hints.who, known([...members.map(({ name }) => name), ...events.map(({ caller }) => caller.name)]))}
        {choice('type', t.filters.type, t.hints.type, known(events.map(({ type }) => type)))}
        {choice('object', t.filters.subject, t.hints.subject, known(events.map(({ subject }) => subject)))}
        {field('text', t.filters.text, 'text', t.hints.text)}
        {field('from', t.filters.from, 'datetime-local')}
        {field('to', t.filters.to, 'datetime-local')}
        <div className={styles['buttons']}>
          <Button type="submit">{t.apply}</Button>
          {filtered && (
            <Button variant="default" onClick={() => setView(none)}>
              {t.clear}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}
