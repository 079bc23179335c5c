import { Badge, Button, Card, type CSSVariablesResolver, createTheme, Menu, Modal, Table, Tooltip } from '@mantine/core';
import { colors, fonts, ramps, scale } from './tokens.ts';

type Scheme = (typeof colors)['light' | 'dark'];

const rem = (px: number): string => `${px / 16}rem`;

/** Mantine asks for ten shades of each colour; ours has four that were measured, and the resolver below names them. */
function shades(name: 'accent' | 'good' | 'warn' | 'bad' | 'human') {
  const { light, dark } = colors;
  const [soft, graphic, fill, text] = [light[name].soft, dark[name].graphic, light[name].fill, light[name].text];
  return [soft, soft, soft, graphic, graphic, graphic, fill, fill, text, text] as const;
}

export const theme = createTheme({
  fontFamily: fonts.text,
  fontFamilyMonospace: fonts.code,
  primaryColor: 'accent',
  defaultRadius: 7,
  fontSizes: { xs: rem(11), sm: rem(12), md: rem(13), lg: rem(14), xl: rem(16) },
  lineHeights: { xs: '1.45', sm: '1.5', md: '1.46', lg: '1.43', xl: '1.5' },
  headings: {
    fontFamily: fonts.text,
    fontWeight: '640',
    sizes: { h1: { fontSize: rem(20), lineHeight: '1.4' }, h2: { fontSize: rem(14) } },
  },
  colors: {
    gray: ramps.gray,
    dark: ramps.dark,
    accent: shades('accent'),
    good: shades('good'),
    warn: shades('warn'),
    bad: shades('bad'),
    human: shades('human'),
  },
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none', radius: 6, fw: 560 } }),
    Button: Button.extend({ defaultProps: { size: 'xs' }, styles: { root: { height: rem(30), fontSize: rem(13), fontWeight: 560 } } }),
    Card: Card.extend({ defaultProps: { radius: 10 } }),
    // The focus goes to the first entry: Mantine's placeholder for it is a child that no menu may have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // Locking the page's scroll takes a style that the policy of the pages refuses.
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: 10, lockScroll: false },
      styles: { title: { fontWeight: 640, fontSize: rem(16) } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6 } }),
    Tooltip: Tooltip.extend({
      defaultProps: { multiline: true, maw: 360, openDelay: 200, events: { hover: true, focus: true, touch: true } },
    }),
  },
});

/** Our names for what a page is made of, and Mantine's names mapped onto them. */
function variables(scheme: Scheme): Record<string, string> {
  const { surface, line, text, accent } = scheme;
  const own: Record<string, string> = {
    '--s-canvas': surface.canvas,
    '--s-card': surface.card,
    '--s-raised': surface.raised,
    '--s-subtle': surface.subtle,
    '--s-line': line.default,
    '--s-line-strong': line.strong,
    '--s-grid': line.grid,
    '--s-hatch': line.hatch,
    '--s-text': text.default,
    '--s-text-2': text.secondary,
    '--s-text-3': text.muted,
    '--s-on-fill': text.onFill,
    '--s-accent-hover': accent.hover,
  };
  for (const name of ['accent', 'good', 'warn', 'bad', 'human'] as const) {
    const color = scheme[name];
    own[`--s-${name}`] = color.graphic;
    own[`--s-${name}-text`] = color.text;
    own[`--s-${name}-soft`] = color.soft;
    own[`--s-${name}-fill`] = color.fill;
    Object.assign(own, {
      [`--mantine-color-${name}-filled`]: color.fill,
      [`--mantine-color-${name}-filled-hover`]: name === 'accent' ? accent.hover : color.text,
      [`--mantine-color-${name}-light`]: color.soft,
      [`--mantine-color-${name}-light-hover`]: color.soft,
      [`--mantine-color-${name}-light-color`]: color.text,
      [`--mantine-color-${name}-text`]: color.text,
      [`--mantine-color-${name}-outline`]: color.text,
    });
  }
  for (const [name, color] of Object.entries(scheme.chart)) own[`--s-${name}`] = color;
  return {
    ...own,
    '--mantine-color-body': surface.canvas,
    '--mantine-color-text': text.default,
    '--mantine-color-bright': text.default,
    '--mantine-color-dimmed': text.muted,
    '--mantine-color-placeholder': text.muted,
    '--mantine-color-anchor': accent.text,
    '--mantine-color-default': surface.card,
    '--mantine-color-default-hover': surface.subtle,
    '--mantine-color-default-color': text.default,
    '--mantine-color-default-border': line.default,
    '--mantine-color-error': scheme.bad.text,
    '--mantine-color-success': scheme.good.text,
    '--mantine-color-disabled-color': text.muted,
  };
}

export const variablesResolver: CSSVariablesResolver = () => ({
  variables: {
    ...Object.fromEntries(Object.entries(scale).map(([name, [size, line]]) => [`--s-type-${name}`, `${rem(size)}/${rem(line)}`])),
  },
  light: { ...variables(colors.light), '--s-shadow': '0 1px 2px rgb(20 32 44 / 5%)' },
  dark: { ...variables(colors.dark), '--s-shadow': 'none' },
});
