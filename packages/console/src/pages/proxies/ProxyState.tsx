import type { ProxyRow } from '@isthmus/api'
import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ToneBadge } from '../../components/ToneBadge.tsx'

export type State = 'inStep' | 'behind' | 'refused'

/** The worst of a proxy's types is its state. */
export function stateOf(proxy: ProxyRow): State {
  if (proxy.types.some(type => type.state === 'refused')) return 'refused'
  return proxy.types.some(type => type.state === 'behind') ? 'behind' : 'inStep'
}

const looks = {
  inStep: { tone: 'ok', Icon: IconCircleCheck },
  behind: { tone: 'partly', Icon: IconAlertTriangle },
  refused: { tone: 'failed', Icon: IconCircleX },
} as const

export function ProxyState({ proxy }: { proxy: ProxyRow }) {
  const { t } = useTranslation()
  const state = stateOf(proxy)
  const { tone, Icon } = looks[state]
  return (
    <ToneBadge tone={tone} icon={<Icon size={14} aria-hidden />}>
      {t(`proxies.${state}`)}
    </ToneBadge>
  )
}

/** How many resources of each type it holds; a type that is not in step is marked. */
export function TypeCounts({ proxy }: { proxy: ProxyRow }) {
  const { t } = useTranslation()
  const shown = proxy.types.filter(type => type.state !== 'not asked')
  return (
    <span className="figure">
      {shown.map((type, i) => (
        <span key={type.type}>
          {i > 0 && ' · '}
          <Tooltip
            label={`${t(`proxies.types.${type.type}`, type.type)}: ${t(`proxies.states.${type.state}`, type.state)}`}
          >
            <span style={type.state === 'in step' ? undefined : { color: 'var(--i-failed)', fontWeight: 600 }}>
              {type.type} {type.resources}
            </span>
          </Tooltip>
        </span>
      ))}
    </span>
  )
}
