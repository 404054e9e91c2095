import { table } from './entry.ts'

/** ISM50xx: the command line. */
export const cliErrors = table({
  ISM5001: {
    reason: 'ListenAddressInvalid',
    meaning: 'An option takes an address to listen on, and what was given is not one.',
    mend: 'Give HOST:PORT, an IPv6 host in brackets: 127.0.0.1:15010, [::1]:15010.',
  },
  ISM5002: {
    reason: 'PlaintextNotAskedFor',
    meaning:
      'A control plane fed from a directory has no certificates and no tokens to check: it can only serve in plain text.',
    mend: 'Say so with --plaintext, and keep it on a loopback address.',
  },
  ISM5003: {
    reason: 'PlaintextOffLoopback',
    meaning: 'Plain-text discovery would be open to everybody who reaches the address.',
    mend: 'Listen on a loopback address: --xds-address 127.0.0.1:15010.',
  },
  ISM5004: {
    reason: 'OptionMissing',
    meaning: 'The control plane needs an option that was not given.',
    mend: 'Add the option that the message names; isthmus serve --help says what each is for.',
  },
})
