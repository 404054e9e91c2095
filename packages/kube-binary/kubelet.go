package main

import (
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/spf13/pflag"
	genericapiserver "k8s.io/apiserver/pkg/server"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	"k8s.io/kubernetes/pkg/kubelet"
	kubeletconfigvalidation "k8s.io/kubernetes/pkg/kubelet/apis/config/validation"
	"k8s.io/kubernetes/pkg/kubelet/kubeletconfig/configfiles"
	"k8s.io/kubernetes/pkg/kubelet/pleg"
	utilfs "k8s.io/kubernetes/pkg/util/filesystem"
)

// relistPeriod is how often the kubelet looks at its containers. Upstream looks once a second, in a constant, and does
// nothing between a container's end and its next look: a pod with an init container, a sidecar and a program takes
// seconds to start. This is the one thing here that is not as upstream has it.
const relistPeriod = 200 * time.Millisecond

// runKubelet does what upstream's kubelet command does, short of help texts and precedence of flags over the file, and
// adds quickRelist to what the kubelet is made from.
func runKubelet(args []string) {
	ctx := genericapiserver.SetupSignalContext()
	flags := options.NewKubeletFlags()
	set := pflag.NewFlagSet("kubelet", pflag.ExitOnError)
	set.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	flags.AddFlags(set)
	options.AddGlobalFlags(set)
	must(set.Parse(args))
	must(options.ValidateKubeletFlags(flags))
	if flags.KubeletConfigFile == "" {
		must(fmt.Errorf("kubelet: --config is needed"))
	}
	loader, err := configfiles.NewFsLoader(&utilfs.DefaultFs{}, flags.KubeletConfigFile)
	must(err)
	config, err := loader.Load(ctx)
	must(err)
	gates := utilfeature.DefaultMutableFeatureGate
	must(gates.SetFromMap(config.FeatureGates))
	logs.InitLogs()
	must(logsapi.ValidateAndApply(&config.Logging, gates))
	must(kubeletconfigvalidation.ValidateKubeletConfiguration(config, gates))

	server := &options.KubeletServer{KubeletFlags: *flags, KubeletConfiguration: *config}
	deps, err := app.UnsecuredDependencies(ctx, server, gates)
	must(err)
	deps.Options = append(deps.Options, quickRelist)
	gates.AddMetrics()
	must(app.Run(ctx, server, deps, gates))
}

// quickRelist shortens the relist period of a kubelet that has not begun to run. Its field is private: where a later
// version has it elsewhere, the kubelet stays as upstream has it.
func quickRelist(k *kubelet.Kubelet) {
	field := reflect.ValueOf(k).Elem().FieldByName("pleg")
	if field.IsValid() && field.Type() == reflect.TypeFor[pleg.PodLifecycleEventGenerator]() {
		generator := *(*pleg.PodLifecycleEventGenerator)(unsafe.Pointer(field.UnsafeAddr()))
		if generic, ok := generator.(interface{ Update(*pleg.RelistDuration) }); ok {
			generic.Update(&pleg.RelistDuration{RelistPeriod: relistPeriod, RelistThreshold: 3 * time.Minute})
			return
		}
	}
	klog.InfoS("kubelet: the relist period stays as it is")
}
