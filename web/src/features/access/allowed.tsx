import { Tooltip } from '@mantine/core';
import { cloneElement, type ReactElement } from 'react';
import { words } from '../../words/index.ts';
import { type Permission, useProject } from './access-api.ts';

/**
 * An action that needs a right: without it the button stays visible, disabled, with the reason and whom to ask. The server
 * decides in any case; this only says so beforehand.
 */
export function Allowed(props: {
  readonly project: string;
  readonly to: Permission;
  readonly children: ReactElement<{ disabled?: boolean }>;
}) {
  const { name, permissions } = useProject(props.project);
  if (permissions.includes(props.to)) return props.children;
  return (
    <Tooltip label={words.common.notAllowed(props.to, name)}>
      {/* A disabled button gets no pointer and no focus, so its frame has the reason. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} role="note" aria-label={words.common.notAllowed(props.to, name)}>
        {cloneElement(props.children, { disabled: true })}
      </span>
    </Tooltip>
  );
}
