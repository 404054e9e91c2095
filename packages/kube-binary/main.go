// Command kube is a whole small Kubernetes in one binary, so that it is built once and its pages are shared by
// everything that runs: etcd, kube-apiserver, the controllers a lab needs, kube-scheduler, the real kubelet and
// kube-proxy, kubectl, CoreDNS, and the streaming half of the lab's container runtime.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// criProto is the kubelet's runtime API as this kubelet speaks it; build.mjs puts it beside the sources.
//
//go:embed api.proto
var criProto string

var programs = map[string]func(args []string){
	"etcd":           func(args []string) { etcdmain.Main(args) },
	"kube-apiserver": func([]string) { os.Exit(cli.Run(apiserver.NewAPIServerCommand())) },
	"kube-scheduler": func([]string) { os.Exit(cli.Run(scheduler.NewSchedulerCommand())) },
	"kubelet":        func(args []string) { runKubelet(args[1:]) },
	"kube-proxy":     func([]string) { os.Exit(cli.Run(proxy.NewProxyCommand())) },
	"controllers":    func(args []string) { controllers(args[1:]) },
	"coredns":        func([]string) { coreDNS() },
	"cri-stream":     func(args []string) { criStream(args[1:]) },
	"cri-proto":      func([]string) { fmt.Print(criProto) },
	"kubectl":        func([]string) { runKubectl() },
}

func main() {
	args := os.Args
	// A link named after a program (kubectl) is that program; else the first argument names it.
	name := filepath.Base(args[0])
	if programs[name] == nil {
		if len(args) < 2 || programs[args[1]] == nil {
			fmt.Fprintln(os.Stderr, "usage: kube etcd|kube-apiserver|kube-scheduler|kubelet|kube-proxy|controllers|coredns|kubectl|cri-stream|cri-proto ARGS...")
			os.Exit(2)
		}
		name, args = args[1], args[1:]
	}
	os.Args = args
	programs[name](args)
}

func runKubectl() {
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kutil.CheckErr(err)
	}
}
