import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

type Load = () => Promise<{ default: ComponentType }>
const loads: Load[] = []

/** A page's component, and how to have it at hand before it is shown. */
export type FetchedPage = LazyExoticComponent<ComponentType> & { readonly fetch: Load }

/** A page that is fetched when first shown, or when there is time (`fetchPages`). */
export function page(load: Load): FetchedPage {
  loads.push(load)
  return Object.assign(lazy(load), { fetch: load })
}

/** Fetches the pages that are not there yet, one after the other, so that they are at hand when the control plane is not. */
export async function fetchPages(): Promise<void> {
  // What cannot be fetched now is fetched, or refused in words, when somebody opens it.
  for (const load of loads) await load().catch(() => undefined)
}
