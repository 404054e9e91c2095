import { table } from './entry.ts'

/** ISM12xx: cloud. The reasons are those of the `Accepted` and `Ready` conditions of the cloud's resources. */
export const cloudErrors = table({
  ISM1201: {
    reason: 'InvalidRange',
    meaning: 'A range of addresses is not one, such as 20.0.0.1/8, whose first address is 20.0.0.0.',
    mend: 'Write the range by its first address, with a length the kind allows.',
  },
  ISM1202: {
    reason: 'RangeOverlap',
    meaning: 'Two ranges that can reach each other overlap, so that an address would have two places.',
    mend: 'Give one of the two named resources another range.',
  },
  ISM1203: {
    reason: 'OutsideVPC',
    meaning: "A vSwitch's range does not lie in the range of its VPC.",
    mend: "Choose a part of the VPC's range.",
  },
  ISM1204: {
    reason: 'NotFound',
    meaning: 'It names a resource that is not there or is not accepted itself.',
    mend: 'Make the named resource, or correct the name; this one follows by itself.',
  },
  ISM1205: {
    reason: 'UnknownRegion',
    meaning: 'The region is not one the cloud has.',
    mend: 'Use a region id, such as cn-hangzhou or cn-shanghai.',
  },
  ISM1206: {
    reason: 'UnknownRegionPair',
    meaning: 'An inter-region connection joins two different regions of one CEN instance, once.',
    mend: 'Name transit routers of two regions that no other connection joins already.',
  },
  ISM1207: {
    reason: 'RegionMismatch',
    meaning: 'A resource and the one it names are in different regions or VPCs.',
    mend: 'Name a resource of the same region and VPC.',
  },
  ISM1208: {
    reason: 'AlreadyAttached',
    meaning: 'A VPC is attached to one transit router, once, and a CEN instance has one transit router a region.',
    mend: 'Remove the other attachment or router, or this one.',
  },
  ISM1209: {
    reason: 'RangeTooSmall',
    meaning: 'A range has not enough addresses for what is to be in it.',
    mend: 'Use a larger range, or fewer nodes.',
  },
  ISM1210: {
    reason: 'InUse',
    meaning: 'It is to be deleted, and others still name it.',
    mend: 'Delete those first; this one then goes by itself.',
  },
  ISM1211: {
    reason: 'InvalidRule',
    meaning: 'An inbound rule of a security group cannot be understood.',
    mend: 'A rule has a protocol, for TCP or UDP perhaps a portRange (6443 or 8000-8099), and a source range.',
  },
  ISM1212: {
    reason: 'InvalidBandwidth',
    meaning: 'A bandwidth is between 1Kbps and 100Gbps.',
    mend: 'Write it as 100Mbps.',
  },
  ISM1213: {
    reason: 'StartFailed',
    meaning: 'A part of the cluster or mesh does not start.',
    mend: 'Read why in the message and in isthmus lab logs.',
  },
})
