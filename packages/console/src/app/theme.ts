import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core'

const harbour: MantineColorsTuple = [
  '#e3f5f2',
  '#c6e9e4',
  '#9bdad1',
  '#6fd3c3',
  '#45b8aa',
  '#249a8f',
  '#117f78',
  '#0b6e6e',
  '#075659',
  '#043f43',
]

/** The slate of the dark scheme, light to dark. */
const slate: MantineColorsTuple = [
  '#e6edf2',
  '#aebcc6',
  '#93a3ae',
  '#5d707d',
  '#3d4e5b',
  '#24313b',
  '#1a252e',
  '#131c24',
  '#0f171e',
  '#0c1319',
]

/** Dense and calm: small type, small radii, one accent. */
export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  colors: { harbour, dark: slate },
  // The library finds the contrast with the accent of the light scheme alone; the dark one's is light.
  variantColorResolver: input => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled' &&
      (input.color ?? input.theme.primaryColor) === input.theme.primaryColor && { color: 'var(--i-on-accent)' }),
  }),
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '620',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '15px' }, h3: { fontSize: '13px' } },
  },
  defaultRadius: 6,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    Alert: {
      vars: (_: unknown, props: { color?: string }) => {
        const tone = props.color === 'red' ? 'failed' : props.color === 'yellow' ? 'partly' : 'unknown'
        return { root: { '--alert-bg': `var(--i-${tone}-soft)`, '--alert-color': `var(--i-${tone})` } }
      },
    },
    TextInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: {
      defaultProps: { withArrow: true, multiline: true, maw: 360, events: { hover: true, focus: true, touch: true } },
    },
  },
})
