import { table } from './entry.ts'

/** ISM20xx: istio. */
export const istioErrors = table({
  ISM2001: {
    reason: 'FieldInvalid',
    meaning: 'A field holds a value that its API does not allow, so the whole object is not used.',
    mend: 'Correct the field named; until then what the object said before it was broken is gone from the mesh.',
  },
  ISM2002: {
    reason: 'FieldMissing',
    meaning: 'A field that the object cannot do without is missing, so the whole object is not used.',
    mend: 'Add the field named.',
  },
  ISM2003: {
    reason: 'FieldNotHonoured',
    meaning: 'A field is not known, or not honoured here; the rest of the object is in force.',
    mend: 'Check the spelling. If it is right, remove the field or do not rely on it.',
  },
  ISM2004: {
    reason: 'ApiVersionNotServed',
    meaning: 'The object has an apiVersion that is not understood.',
    mend: 'Use one of the versions named.',
  },
  ISM2005: {
    reason: 'MeshIdentityMissing',
    meaning:
      'The rule asks for ISTIO_MUTUAL, but the mesh does not give its workloads identities (certificates) of their own yet.',
    mend: 'Use DISABLE, SIMPLE or MUTUAL with certificates of your own.',
  },
  ISM2006: {
    reason: 'RegionUnknown',
    meaning:
      'The region of some endpoints is not known, so regional policy cannot place them: they count as a region of their own, tried last.',
    mend: 'Label the node with topology.kubernetes.io/region (and /zone), or give the cluster a region when it is added.',
  },
  ISM2007: {
    reason: 'ServicesDisagree',
    meaning:
      'What stands for one host differs: Services of the same name and namespace in several member clusters, or ServiceEntries. Services come before ServiceEntries, then the oldest decides. A port keeps its protocol; what has names for addresses (ExternalName, resolution DNS) is not used beside addresses.',
    mend: 'Make the port the same everywhere; keep one way for the host, addresses or DNS.',
  },
  ISM2008: {
    reason: 'HostTaken',
    meaning: 'The host belongs to a service of another namespace already, so this one is not used for it.',
    mend: 'Use one ServiceEntry for the host, or put both into the same namespace.',
  },
  ISM2009: {
    reason: 'DelegateNotUsable',
    meaning:
      'A VirtualService delegates to one that is not there, or whose matches contradict its own; that route is left out.',
    mend: 'Create the VirtualService named (without hosts), or correct its matches.',
  },
  ISM2010: {
    reason: 'CredentialNotUsable',
    meaning: 'The Secret that a Gateway names holds no certificate and key.',
    mend: 'Create a Secret of type kubernetes.io/tls with tls.crt and tls.key in istio-system.',
  },
  ISM2011: {
    reason: 'AddressIsName',
    meaning:
      'A ServiceEntry with resolution STATIC chooses a WorkloadEntry whose address is a name: it gets no traffic.',
    mend: 'Give the WorkloadEntry an IP address, or the ServiceEntry resolution DNS.',
  },
})
