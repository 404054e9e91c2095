import type { Static } from 'typebox'
import type * as clusters from './schemas/clusters.ts'
import type * as common from './schemas/common.ts'
import type * as network from './schemas/network.ts'
import type * as objects from './schemas/objects.ts'
import type * as proxies from './schemas/proxies.ts'
import type * as services from './schemas/services.ts'
import type * as session from './schemas/session.ts'
import type * as traffic from './schemas/traffic.ts'

/** The schemas' types by name, for those who need no schema at run time (the console). */
export type Problem = Static<typeof common.Problem>
export type ObjectRef = Static<typeof common.ObjectRef>
export type Finding = Static<typeof common.Finding>
export type Condition = Static<typeof common.Condition>
export type Basis = Static<typeof common.Basis>
export type Session = Static<typeof session.Session>
export type Permission = Static<typeof session.Permission>
export type RegionState = Static<typeof traffic.RegionState>
export type Flow = Static<typeof traffic.Flow>
export type Matrix = Static<typeof traffic.Matrix>
export type RegionStatus = Static<typeof traffic.RegionStatus>
export type Attention = Static<typeof traffic.Attention>
export type Overview = Static<typeof traffic.Overview>
export type ServiceRegions = Static<typeof traffic.ServiceRegions>
export type RegionalTraffic = Static<typeof traffic.RegionalTraffic>
export type Preview = Static<typeof traffic.Preview>
export type Event = Static<typeof traffic.Event>
export type EventList = Static<typeof traffic.EventList>
export type ServiceRow = Static<typeof services.ServiceRow>
export type ServiceList = Static<typeof services.ServiceList>
export type ServiceDetail = Static<typeof services.ServiceDetail>
export type EndpointRow = Static<typeof services.EndpointRow>
export type Series = Static<typeof services.Series>
export type Latency = Static<typeof services.Latency>
export type Ejections = Static<typeof services.Ejections>
export type Explanation = Static<typeof services.Explanation>
export type Kind = Static<typeof objects.Kind>
export type ObjectRow = Static<typeof objects.ObjectRow>
export type ObjectView = Static<typeof objects.ObjectView>
export type Written = Static<typeof objects.Written>
export type VersionList = Static<typeof objects.VersionList>
export type ClusterRow = Static<typeof clusters.ClusterRow>
export type NodeRow = Static<typeof clusters.NodeRow>
export type NamespaceRow = Static<typeof clusters.NamespaceRow>
export type WorkloadRow = Static<typeof clusters.WorkloadRow>
export type PodRow = Static<typeof clusters.PodRow>
export type Logs = Static<typeof clusters.Logs>
export type GatewayRow = Static<typeof clusters.GatewayRow>
export type Network = Static<typeof network.Network>
export type NetworkItem = Static<typeof network.NetworkItem>
export type NetworkPath = Static<typeof network.NetworkPath>
export type Hop = Static<typeof network.Hop>
export type ProxyRow = Static<typeof proxies.ProxyRow>
export type ProxyList = Static<typeof proxies.ProxyList>
export type ProxyComparison = Static<typeof proxies.ProxyComparison>
