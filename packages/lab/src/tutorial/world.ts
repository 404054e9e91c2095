/** The names of the tutorial's world, as the world file and docs/guide/tutorial.md have them. */
export const hangzhou = {
  cluster: 'ack-hangzhou',
  region: 'cn-hangzhou',
  securityGroup: 'sg-ack-hangzhou',
  podCIDR: '10.0.0.0/16',
} as const

export const shanghai = {
  cluster: 'ack-shanghai',
  region: 'cn-shanghai',
  securityGroup: 'sg-ack-shanghai',
  podCIDR: '10.1.0.0/16',
} as const

export type Place = typeof hangzhou | typeof shanghai

export const places: readonly Place[] = [hangzhou, shanghai]

/** The inter-region connection. */
export const peerAttachment = 'hangzhou-shanghai'

/** The samples, by path from the project's root: commands are shown and run from there. */
export const manifests = {
  bookinfo: 'samples/bookinfo/bookinfo.yaml',
  routing: 'samples/bookinfo/networking/asm.yaml',
  outlierDetection: 'samples/bookinfo/networking/reviews-outlier-detection.yaml',
  unansweredAfter: 'samples/bookinfo/networking/reviews-unanswered-after.yaml',
  gateway: 'samples/bookinfo/networking/ingress-gateway.yaml',
} as const
