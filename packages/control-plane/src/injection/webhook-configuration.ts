import type { KubeObject } from '@isthmus/kubernetes'
import { injectKey, systemNamespaces } from './rules.ts'
import { webhookPath } from './webhook.ts'

export const webhookName = 'isthmus-sidecar-injector'

/** Seconds the cluster's API waits for us. Short: while the mesh cannot be reached, creating an injected pod fails this late. */
const timeoutSeconds = 5

export interface WebhookConfigurationOptions {
  readonly cluster: string
  /** `HOST:PORT` of the webhook as the API server of the member cluster reaches it. */
  readonly address: string
  /** PEM. */
  readonly rootCertificate: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * MutatingWebhookConfiguration of a member cluster. Istio's selectors: namespaces labelled `istio-injection: enabled`
 * (but for pods that decline), and pods that ask for it in namespaces that say nothing. failurePolicy Fail: a pod that
 * should have a sidecar never runs without one. System namespaces are out, so that the cluster itself comes up without us.
 */
export function webhookConfiguration(o: WebhookConfigurationOptions): KubeObject & { webhooks: object[] } {
  const outside = {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: [...systemNamespaces],
  }
  const webhook = (name: string, namespaces: object[], pods: object[]) => ({
    name: `${name}.isthmus.dev`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchPolicy: 'Equivalent',
    timeoutSeconds,
    clientConfig: {
      url: `https://${o.address}${webhookPath(o.cluster)}`,
      caBundle: Buffer.from(o.rootCertificate).toString('base64'),
    },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
    namespaceSelector: { matchExpressions: [...namespaces, outside] },
    objectSelector: { matchExpressions: pods },
  })
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: webhookName, labels: { ...o.labels } },
    webhooks: [
      webhook(
        'namespace',
        [{ key: 'istio-injection', operator: 'In', values: ['enabled'] }],
        [{ key: injectKey, operator: 'NotIn', values: ['false'] }],
      ),
      webhook(
        'object',
        [
          { key: 'istio-injection', operator: 'DoesNotExist' },
          { key: 'istio.io/rev', operator: 'DoesNotExist' },
        ],
        [
          { key: injectKey, operator: 'In', values: ['true'] },
          { key: 'istio.io/rev', operator: 'DoesNotExist' },
        ],
      ),
    ],
  }
}
