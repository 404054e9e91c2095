import { type CloudObject, type CloudObjects, idOf } from './resources.ts'

/** What a resource names, as ids. */
export function references(object: CloudObject): string[] {
  const spec = object.spec as Record<string, unknown>
  const names: Record<string, string> = {
    vpc: 'VPC',
    vSwitch: 'VSwitch',
    cen: 'CenInstance',
    transitRouter: 'TransitRouter',
    peerTransitRouter: 'TransitRouter',
    securityGroup: 'SecurityGroup',
  }
  return Object.entries(names).flatMap(([field, kind]) =>
    typeof spec[field] === 'string' ? [`${kind}/${spec[field]}`] : [],
  )
}

/** Ids of the resources that name this one. */
export const usersOf = (objects: CloudObjects, id: string): string[] =>
  objects.filter(o => references(o).includes(id)).map(idOf)
