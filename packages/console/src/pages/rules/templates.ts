/** What a new object of a kind begins as: the smallest that does something, with the sample application's names. */
const bodies: Record<string, string> = {
  RegionalTrafficPolicy: `apiVersion: mesh.isthmus.dev/v1alpha1
kind: RegionalTrafficPolicy
metadata:
  name: reviews
  namespace: default
spec:
  services: [reviews]
  failover:
    rules:
      - from: cn-hangzhou
        to: [cn-shanghai]
`,
  VirtualService: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: default
spec:
  hosts: [reviews]
  http:
    - route:
        - destination:
            host: reviews
`,
  DestinationRule: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: reviews
  namespace: default
spec:
  host: reviews
  subsets:
    - name: v1
      labels:
        version: v1
`,
  Gateway: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: bookinfo-gateway
  namespace: default
spec:
  selector:
    istio: ingressgateway
  servers:
    - port:
        number: 80
        name: http
        protocol: HTTP
      hosts: ["*"]
`,
  ServiceEntry: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: payments
  namespace: default
spec:
  hosts: [payments.example.com]
  location: MESH_EXTERNAL
  ports:
    - number: 443
      name: tls
      protocol: TLS
  resolution: DNS
`,
  WorkloadEntry: `apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: machine-1
  namespace: default
spec:
  address: 192.0.2.10
  locality: cn-hangzhou/cn-hangzhou-h
  labels:
    app: machine
`,
  Sidecar: `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  name: default
  namespace: default
spec:
  egress:
    - hosts: ["./*", "istio-system/*"]
`,
  IstioGateway: `apiVersion: istio.alibabacloud.com/v1beta1
kind: IstioGateway
metadata:
  name: ingressgateway
  namespace: istio-system
spec:
  gatewayType: ingress
  ports:
    - name: http
      port: 80
      targetPort: 80
`,
}

/** The text a new object begins as. A kind without a template begins with its head. */
export function templateOf(kind: string, apiVersion: string): string {
  return bodies[kind] ?? `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: \nspec: {}\n`
}
