import { peerUrl } from '../common/peers.ts'
import { run } from '../common/run.ts'
import { reviews } from './handler.ts'

await run('reviews', who =>
  reviews(who, {
    ratings: process.env.ENABLE_RATINGS === 'true',
    starColor: process.env.STAR_COLOR || 'black',
    ratingsUrl: peerUrl('ratings'),
  }),
)
