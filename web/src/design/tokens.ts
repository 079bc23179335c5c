/**
 * The design's numbers: colours with their ratios checked (text at least 4.5:1 on card, canvas, subtle and its own soft; graphics 3:1 on card),
 * type, space. No other file holds a colour.
 */
export const colors = {
  light: {
    surface: {
      canvas: '#F5F7F9',
      card: '#FFFFFF',
      raised: '#FFFFFF',
      subtle: '#EDF0F4',
    },
    line: {
      default: '#DCE2E9',
      strong: '#7F8C9A',
      grid: '#E6EAEF',
      hatch: '#B6C0CA',
    },
    text: {
      default: '#14202C',
      secondary: '#445160',
      muted: '#596675',
      onFill: '#FFFFFF',
    },
    accent: {
      graphic: '#1B5FC1',
      hover: '#164FA3',
      text: '#1956AF',
      soft: '#E5EEFB',
      fill: '#1B5FC1',
    },
    good: {
      graphic: '#1D8550',
      text: '#12683A',
      soft: '#E0F3E8',
      fill: '#1D8550',
    },
    warn: {
      graphic: '#C77700',
      text: '#854800',
      soft: '#FDF0D5',
      fill: '#9A5B00',
    },
    bad: {
      graphic: '#C92A37',
      text: '#AD1F2C',
      soft: '#FCE7E8',
      fill: '#C92A37',
    },
    human: {
      graphic: '#6D45BF',
      text: '#5F38AE',
      soft: '#F0EAFC',
      fill: '#6D45BF',
    },
    chart: {
      c1: '#2468C8',
      c2: '#D5660A',
      c3: '#12857C',
      c4: '#552A70',
      c5: '#B9679F',
      c6: '#7A2E12',
      c7: '#5A6979',
    },
  },
  dark: {
    surface: {
      canvas: '#0D1217',
      card: '#141B22',
      raised: '#1B242D',
      subtle: '#1E2832',
    },
    line: {
      default: '#2A3641',
      strong: '#6A7988',
      grid: '#222D37',
      hatch: '#485663',
    },
    text: {
      default: '#E8EDF2',
      secondary: '#B2BDC8',
      muted: '#94A1AE',
      onFill: '#FFFFFF',
    },
    accent: {
      graphic: '#5B9BF3',
      hover: '#78AEF7',
      text: '#86B6FF',
      soft: '#152A48',
      fill: '#2467CB',
    },
    good: {
      graphic: '#35A86B',
      text: '#63CF92',
      soft: '#11301F',
      fill: '#1B7F4B',
    },
    warn: {
      graphic: '#E09A2B',
      text: '#F1B454',
      soft: '#34260D',
      fill: '#9A5B00',
    },
    bad: {
      graphic: '#E5535D',
      text: '#FF9298',
      soft: '#3B191D',
      fill: '#C43540',
    },
    human: {
      graphic: '#9470E0',
      text: '#BFA6F7',
      soft: '#2A2044',
      fill: '#7750C9',
    },
    chart: {
      c1: '#5B9BF3',
      c2: '#F08B3C',
      c3: '#3FBFA8',
      c4: '#E9D0F5',
      c5: '#C46BB0',
      c6: '#A8763E',
      c7: '#9AA8B6',
    },
  },
} as const;

/** Sizes in px as [size, line]; shipped as rem so that browser zoom of text works. */
export const scale = {
  xs: [11, 16],
  sm: [12, 18],
  md: [13, 19],
  lg: [14, 20],
  xl: [16, 24],
  h2: [14, 20],
  h1: [20, 28],
  stat: [26, 34],
  opsBody: [15, 22],
  opsTitle: [26, 34],
  opsStat: [38, 46],
} as const;

export const fonts = { text: 'Inter Variable, system-ui, sans-serif', code: 'JetBrains Mono Variable, ui-monospace, monospace' } as const;

/** Ten shades, as Mantine asks for them. */
export const ramps = {
  gray: ['#F5F7F9', '#EDF0F4', '#E6EAEF', '#DCE2E9', '#B6C0CA', '#7F8C9A', '#596675', '#445160', '#2C3845', '#14202C'],
  dark: ['#E8EDF2', '#B2BDC8', '#94A1AE', '#6A7988', '#2A3641', '#24303A', '#1E2832', '#141B22', '#10161C', '#0D1217'],
} as const;
