package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	cacheddiscovery "k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/endpointslicemirroring"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/nodelifecycle"
	"k8s.io/kubernetes/pkg/controller/podgc"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/tainteviction"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
)

func must(err error) {
	if err != nil {
		klog.ErrorS(err, "fatal")
		klog.FlushAndExit(klog.ExitFlushTimeout, 1)
	}
}

// setup is what every controller is made from.
type setup struct {
	client   kubernetes.Interface
	metadata metadata.Interface
	core     informers.SharedInformerFactory
	all      informerfactory.InformerFactory
	started  chan struct{}
	rootCA   []byte
	// grace is how long a node may stay silent before it counts as dead.
	grace time.Duration
}

// makers holds each controller under the name kube-controller-manager gives it; making one registers its informers,
// the function it returns runs it.
var makers = map[string]func(context.Context, *setup) func(context.Context){
	"endpointslice": func(ctx context.Context, s *setup) func(context.Context) {
		c := endpointslice.NewController(ctx, s.core.Core().V1().Pods(), s.core.Core().V1().Services(),
			s.core.Core().V1().Nodes(), s.core.Discovery().V1().EndpointSlices(), 100, s.client, 0)
		return func(ctx context.Context) { c.Run(ctx, 2) }
	},
	"endpointslicemirroring": func(ctx context.Context, s *setup) func(context.Context) {
		c := endpointslicemirroring.NewController(ctx, s.core.Core().V1().Endpoints(),
			s.core.Discovery().V1().EndpointSlices(), s.core.Core().V1().Services(), 1000, s.client, 0)
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"namespace": func(ctx context.Context, s *setup) func(context.Context) {
		c := namespace.NewNamespaceController(ctx, s.client, s.metadata, s.client.Discovery().ServerPreferredNamespacedResources,
			s.core.Core().V1().Namespaces(), 5*time.Minute, v1.FinalizerKubernetes)
		return func(ctx context.Context) { c.Run(ctx, 4) }
	},
	"serviceaccount": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := serviceaccount.NewServiceAccountsController(klog.FromContext(ctx), s.core.Core().V1().ServiceAccounts(),
			s.core.Core().V1().Namespaces(), s.client, serviceaccount.DefaultServiceAccountsControllerOptions())
		must(err)
		return func(ctx context.Context) { c.Run(ctx, 2) }
	},
	"root-ca-certificate-publisher": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := rootcacertpublisher.NewPublisher(s.core.Core().V1().ConfigMaps(), s.core.Core().V1().Namespaces(), s.client, s.rootCA)
		must(err)
		return func(ctx context.Context) { c.Run(ctx, 2) }
	},
	"clusterrole-aggregation": func(ctx context.Context, s *setup) func(context.Context) {
		c := clusterroleaggregation.NewClusterRoleAggregation(s.core.Rbac().V1().ClusterRoles(), s.client.RbacV1())
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"garbagecollector": func(ctx context.Context, s *setup) func(context.Context) {
		mapper := restmapper.NewDeferredDiscoveryRESTMapper(cacheddiscovery.NewMemCacheClient(s.client.Discovery()))
		c, err := garbagecollector.NewGarbageCollector(ctx, s.client, s.metadata, mapper,
			garbagecollector.DefaultIgnoredResources(), s.all, s.started)
		must(err)
		return func(ctx context.Context) {
			go c.Sync(ctx, s.client.Discovery(), 5*time.Second)
			c.Run(ctx, 4, 30*time.Second)
		}
	},
	"deployment": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := deployment.NewDeploymentController(ctx, s.core.Apps().V1().Deployments(), s.core.Apps().V1().ReplicaSets(),
			s.core.Core().V1().Pods(), s.client)
		must(err)
		return func(ctx context.Context) { c.Run(ctx, 2) }
	},
	"replicaset": func(ctx context.Context, s *setup) func(context.Context) {
		c := replicaset.NewReplicaSetController(ctx, s.core.Apps().V1().ReplicaSets(), s.core.Core().V1().Pods(),
			s.client, replicaset.BurstReplicas)
		return func(ctx context.Context) { c.Run(ctx, 2) }
	},
	"statefulset": func(ctx context.Context, s *setup) func(context.Context) {
		c := statefulset.NewStatefulSetController(ctx, s.core.Core().V1().Pods(), s.core.Apps().V1().StatefulSets(),
			s.core.Core().V1().PersistentVolumeClaims(), s.core.Apps().V1().ControllerRevisions(), s.client)
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"daemonset": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := daemon.NewDaemonSetsController(ctx, s.core.Apps().V1().DaemonSets(), s.core.Apps().V1().ControllerRevisions(),
			s.core.Core().V1().Pods(), s.core.Core().V1().Nodes(), s.client, flowcontrol.NewBackOff(time.Second, time.Minute))
		must(err)
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"job": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := job.NewController(ctx, s.core.Core().V1().Pods(), s.core.Batch().V1().Jobs(), s.client)
		must(err)
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"cronjob": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := cronjob.NewControllerV2(ctx, s.core.Batch().V1().Jobs(), s.core.Batch().V1().CronJobs(), s.client)
		must(err)
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"ttl-after-finished": func(ctx context.Context, s *setup) func(context.Context) {
		c := ttlafterfinished.New(ctx, s.core.Batch().V1().Jobs(), s.client)
		return func(ctx context.Context) { c.Run(ctx, 1) }
	},
	"pod-garbage-collector": func(ctx context.Context, s *setup) func(context.Context) {
		c := podgc.NewPodGC(ctx, s.client, s.core.Core().V1().Pods(), s.core.Core().V1().Nodes(), 200)
		return c.Run
	},
	"node-lifecycle": func(ctx context.Context, s *setup) func(context.Context) {
		// Looks five times within the grace, so that a death is seen about when the grace ends. Upstream: 5 s and 50 s.
		c, err := nodelifecycle.NewNodeLifecycleController(ctx, s.core.Coordination().V1().Leases(), s.core.Core().V1().Pods(),
			s.core.Core().V1().Nodes(), s.core.Apps().V1().DaemonSets(), s.client,
			s.grace/5, time.Minute, s.grace, 10, 10, 50, 0.55)
		must(err)
		return c.Run
	},
	"taint-eviction": func(ctx context.Context, s *setup) func(context.Context) {
		c, err := tainteviction.New(ctx, s.client, s.core.Core().V1().Pods(), s.core.Core().V1().Nodes(), "taint-eviction")
		must(err)
		return c.Run
	},
}

// controllers runs the controllers named by --controllers (comma-separated; "*" is all of them) until SIGTERM.
func controllers(args []string) {
	fs := flag.NewFlagSet("controllers", flag.ExitOnError)
	klog.InitFlags(fs)
	kubeconfig := fs.String("kubeconfig", "", "kubeconfig of the api server")
	rootCA := fs.String("root-ca-file", "", "CA published in each namespace as kube-root-ca.crt")
	names := fs.String("controllers", "*", "the controllers to run, comma-separated, or *")
	grace := fs.Duration("node-monitor-grace-period", 8*time.Second, "how long a node may stay silent before it counts as dead")
	must(fs.Parse(args))

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	cfg, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	must(err)
	cfg.QPS, cfg.Burst = 500, 1000
	client, err := kubernetes.NewForConfig(cfg)
	must(err)
	md, err := metadata.NewForConfig(cfg)
	must(err)
	ca, err := os.ReadFile(*rootCA)
	must(err)
	awaitServer(ctx, client)
	core := informers.NewSharedInformerFactory(client, 0)
	mdInformers := metadatainformer.NewSharedInformerFactory(md, 0)
	s := &setup{client: client, metadata: md, core: core, rootCA: ca, grace: *grace, started: make(chan struct{}),
		all: informerfactory.NewInformerFactory(core, mdInformers)}

	for _, run := range chosen(ctx, s, *names) {
		go run(ctx)
	}
	core.Start(ctx.Done())
	mdInformers.Start(ctx.Done())
	close(s.started)
	klog.InfoS("controllers: started", "controllers", *names)
	<-ctx.Done()
}

// awaitServer returns when the API server is ready: some controllers ask it for what it serves as soon as they are made,
// and give up for good when it does not answer.
func awaitServer(ctx context.Context, client kubernetes.Interface) {
	for ctx.Err() == nil {
		_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		if err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func chosen(ctx context.Context, s *setup, names string) []func(context.Context) {
	var runs []func(context.Context)
	if names == "*" {
		for _, make := range makers {
			runs = append(runs, make(ctx, s))
		}
		return runs
	}
	for _, name := range strings.Split(names, ",") {
		make, known := makers[name]
		if !known {
			klog.ErrorS(nil, "controllers: no controller has this name", "name", name)
			klog.FlushAndExit(klog.ExitFlushTimeout, 2)
		}
		runs = append(runs, make(ctx, s))
	}
	return runs
}
