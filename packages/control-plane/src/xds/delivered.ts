/** What is told of the delivery to one proxy, to whoever opened its session. */
export type Delivered =
  /** A response was handed to the connection. Bytes are those of the message with its frame. */
  | {
      readonly kind: 'sent'
      readonly typeUrl: string
      readonly resources: number
      readonly removed: number
      readonly bytes: number
    }
  /** The last response of the type was accepted or refused. */
  | { readonly kind: 'answered'; readonly typeUrl: string }
  /** Nothing more may be sent before an answer or a change; `waiting` while listeners and routes are held back. */
  | { readonly kind: 'rest'; readonly waiting: boolean }
