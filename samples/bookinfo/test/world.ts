import type { Identity } from '../src/common/identity.ts'
import { type Service, startService } from '../src/common/service.ts'
import { details } from '../src/details/handler.ts'
import { productpage } from '../src/productpage/handler.ts'
import { ratings } from '../src/ratings/handler.ts'
import { reviews } from '../src/reviews/handler.ts'

export interface World {
  readonly url: string
  readonly productpage: Service
  readonly details: Service
  readonly reviews: Service
  readonly ratings: Service
  [Symbol.asyncDispose](): Promise<void>
}

const who = (service: string, region: string): Identity => ({ service, version: 'v1', pod: `${service}-pod`, region })

/** The four services on loopback; reviews of the given version. */
export async function world(version: 'v1' | 'v2' | 'v3', reviewsRegion = 'cn-hangzhou'): Promise<World> {
  const start = (service: string, handler: Parameters<typeof startService>[0]['handler'], region = 'cn-hangzhou') =>
    startService({ who: who(service, region), handler, port: 0, host: '127.0.0.1' })
  const at = (service: Service) => `http://127.0.0.1:${service.port}`
  const detailsService = await start('details', details)
  const ratingsService = await start('ratings', ratings())
  const reviewsService = await start(
    'reviews',
    reviews(who('reviews', reviewsRegion), {
      ratings: version !== 'v1',
      starColor: version === 'v3' ? 'red' : 'black',
      ratingsUrl: at(ratingsService),
    }),
    reviewsRegion,
  )
  const page = await start(
    'productpage',
    productpage(who('productpage', 'cn-hangzhou'), {
      urls: { details: at(detailsService), reviews: at(reviewsService), ratings: at(ratingsService) },
      timeoutMs: 300,
    }),
  )
  return {
    url: at(page),
    productpage: page,
    details: detailsService,
    reviews: reviewsService,
    ratings: ratingsService,
    async [Symbol.asyncDispose]() {
      for (const service of [page, reviewsService, ratingsService, detailsService]) await service.stop()
    },
  }
}
