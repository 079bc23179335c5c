import { IconCrown, IconTag } from '@tabler/icons-react';

/** The champion has its crown; any other alias is a tag. */
export function AliasIcon({ alias }: { readonly alias: string }) {
  const Icon = alias === 'champion' ? IconCrown : IconTag;
  return <Icon size={14} stroke={1.75} aria-hidden />;
}
