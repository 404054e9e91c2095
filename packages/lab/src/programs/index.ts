import { join } from 'node:path'

/** A program of ours that stands for an image. */
export interface Program {
  readonly name: string
  /** The repository part of image names (without tag) that mean this program, with and without a registry. */
  readonly images: readonly string[]
  /** Its main file, from the repository's root. */
  readonly main: string
  readonly arguments?: readonly string[]
  /** What the image itself sets; the container's own `env` beats it. */
  readonly env?: Readonly<Record<string, string>>
}

/** Node's flags for all of them: a dozen run at once, and each needs little. */
export const nodeFlags = ['--max-old-space-size=32', '--max-semi-space-size=1', '--v8-pool-size=1'] as const

const bookinfo = (service: string, version: string, env: Readonly<Record<string, string>> = {}): Program => ({
  name: `bookinfo-${service}-${version}`,
  images: [`docker.io/istio/examples-bookinfo-${service}-${version}`],
  main: `samples/bookinfo/src/${service}/main.ts`,
  arguments: ['9080'],
  env: { SERVICE_VERSION: version, ...env },
})

/** The image of reviews v1 asks no ratings, those of v2 and v3 do: in the known application too that is the image's own. */
export const programs: readonly Program[] = [
  bookinfo('productpage', 'v1'),
  bookinfo('details', 'v1'),
  bookinfo('ratings', 'v1'),
  bookinfo('reviews', 'v1', { ENABLE_RATINGS: 'false' }),
  bookinfo('reviews', 'v2', { ENABLE_RATINGS: 'true', STAR_COLOR: 'black' }),
  bookinfo('reviews', 'v3', { ENABLE_RATINGS: 'true', STAR_COLOR: 'red' }),
  {
    name: 'http-echo',
    images: ['docker.io/isthmus/http-echo', 'docker.io/mccutchen/go-httpbin', 'ghcr.io/mccutchen/go-httpbin'],
    main: 'packages/lab/src/programs/echo/main.ts',
  },
  { name: 'load', images: ['docker.io/isthmus/load'], main: 'packages/lab/src/programs/load/main.ts' },
]

/** Commands that every container finds on its PATH (for `kubectl exec`), beside what the machine itself has. */
export const commands: Readonly<Record<string, string>> = {
  load: 'packages/lab/src/programs/load/main.ts',
  fault: 'packages/lab/src/programs/fault/main.ts',
  curl: 'packages/lab/src/programs/curl/main.ts',
}

/** The repository's root. */
export const root = join(import.meta.dirname, '../../../..')
