import { Tabs as MantineTabs } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly count?: number;
}

/** Tabs of one thing; which one is open belongs into the address, so the page holds it. */
export function Tabs<Name extends string>(props: {
  readonly tabs: readonly Tab<Name>[];
  readonly open: Name;
  readonly onOpen: (name: Name) => void;
}): ReactNode {
  return (
    <MantineTabs value={props.open} onChange={(name) => name !== null && props.onOpen(name as Name)} mt={6}>
      <MantineTabs.List>
        {props.tabs.map(({ name, label, count }) => (
          <MantineTabs.Tab key={name} value={name} px={10} py={8} fw={550}>
            {label}
            {count !== undefined && <span className="muted number"> {count.toLocaleString()}</span>}
          </MantineTabs.Tab>
        ))}
      </MantineTabs.List>
    </MantineTabs>
  );
}
