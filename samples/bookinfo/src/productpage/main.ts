import { peerUrl } from '../common/peers.ts'
import { run } from '../common/run.ts'
import { productpage } from './handler.ts'

await run('productpage', who =>
  productpage(who, { urls: { details: peerUrl('details'), reviews: peerUrl('reviews'), ratings: peerUrl('ratings') } }),
)
