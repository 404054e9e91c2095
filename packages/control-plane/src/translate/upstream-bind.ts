import type { BindConfigSchema } from '@isthmus/envoy-api/envoy/config/core/v3/address'
import { SocketOption_SocketState } from '@isthmus/envoy-api/envoy/config/core/v3/socket_option'
import type { ProxyView } from '../model/index.ts'
import type { Init } from './translated.ts'

/** Linux: SOL_SOCKET, SO_MARK, and the mark that the redirection rules let pass. */
const socketLevel = 1n
const markOption = 36n
const mark = 1337n

/** Source address of connections to the own application, so that they cannot be taken for traffic to redirect (Istio's). */
const inboundSource = '127.0.0.6'

/** How a proxy's upstream connections are bound. The only place that acts on how redirection tells a proxy's own traffic. */
export function upstreamBind(
  view: ProxyView,
  direction: 'outbound' | 'inbound',
): Init<typeof BindConfigSchema> | undefined {
  const marked = view.kind === 'sidecar' && view.redirect === 'mark'
  if (direction === 'outbound' && !marked) return undefined
  return {
    sourceAddress: {
      address: direction === 'inbound' ? inboundSource : '0.0.0.0',
      portSpecifier: { case: 'portValue', value: 0 },
    },
    socketOptions: marked
      ? [
          {
            description: 'SO_MARK: not to be redirected again',
            level: socketLevel,
            name: markOption,
            value: { case: 'intValue', value: mark },
            state: SocketOption_SocketState.STATE_PREBIND,
          },
        ]
      : [],
  }
}
