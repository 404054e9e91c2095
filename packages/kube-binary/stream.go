package main

// The streaming half of the lab's container runtime: exec, attach and port-forward. The TypeScript half asks on a unix
// socket for a URL; the kubelet proxies the client's upgraded connection to it. Commands arrive complete, with the
// nsenter that enters the container, so nothing here knows what a container is.

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
	"k8s.io/client-go/tools/remotecommand"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/kubelet/pkg/cri/streaming"
	utilexec "k8s.io/utils/exec"
)

// asked is what the runtime wants a URL for.
type asked struct {
	Cmd                        []string
	Tty, Stdin, Stdout, Stderr bool
	// Netns and Port: of a port-forward.
	Netns string
	Port  []int32
	// Attach: of an attach.
	Attach *attachment
}

// streams carries the attachments by their token, since the streaming package passes only a container's name on.
type streams struct {
	mu          sync.Mutex
	attachments map[string]*attachment
	serial      int
}

func (s *streams) remember(a *attachment) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	key := fmt.Sprintf("attach-%d", s.serial)
	s.attachments[key] = a
	return key
}

func (s *streams) take(key string) *attachment {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.attachments[key]
	delete(s.attachments, key)
	return a
}

func (*streams) Exec(ctx context.Context, _ string, cmd []string, in io.Reader, out, errw io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	if len(cmd) == 0 {
		return fmt.Errorf("exec: no command")
	}
	c := exec.CommandContext(ctx, cmd[0], cmd[1:]...)
	if tty {
		return execTTY(c, in, out, resize)
	}
	c.Stdout, c.Stderr = out, errw
	if in != nil {
		w, err := c.StdinPipe()
		if err != nil {
			return err
		}
		go func() { io.Copy(w, in); w.Close() }()
	}
	return exitError(c.Run())
}

func execTTY(c *exec.Cmd, in io.Reader, out io.Writer, resize <-chan remotecommand.TerminalSize) error {
	master, slave, err := openPTY()
	if err != nil {
		return err
	}
	defer master.Close()
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	err = c.Start()
	slave.Close()
	if err != nil {
		return err
	}
	go func() {
		for size := range resize {
			unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: size.Height, Col: size.Width})
		}
	}()
	if in != nil {
		go io.Copy(master, in)
	}
	if out != nil {
		io.Copy(out, master)
	}
	return exitError(c.Wait())
}

func exitError(err error) error {
	if x, ok := err.(*exec.ExitError); ok {
		return &utilexec.ExitErrorWrapper{ExitError: x}
	}
	return err
}

func openPTY() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		master.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

func (s *streams) Attach(ctx context.Context, key string, in io.Reader, out, errw io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize) error {
	a := s.take(key)
	if a == nil {
		return fmt.Errorf("attach: %s was used already", key)
	}
	return a.run(ctx, in, out, errw)
}

func (*streams) PortForward(_ context.Context, netns string, port int32, stream io.ReadWriteCloser) error {
	conn, err := dialIn(netns, fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	defer conn.Close()
	done := make(chan struct{})
	go func() {
		io.Copy(stream, conn)
		close(done)
	}()
	io.Copy(conn, stream)
	conn.(*net.TCPConn).CloseWrite()
	<-done
	return nil
}

// dialIn connects from inside a network namespace. The thread that entered it is never given back: it ends with its
// goroutine.
func dialIn(netns, addr string) (net.Conn, error) {
	type answer struct {
		conn net.Conn
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		runtime.LockOSThread()
		ns, err := os.Open(netns)
		if err == nil {
			defer ns.Close()
			err = unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET)
		}
		if err != nil {
			answers <- answer{err: err}
			return
		}
		conn, err := net.Dial("tcp4", addr)
		answers <- answer{conn, err}
	}()
	a := <-answers
	return a.conn, a.err
}

// criStream serves streams on a TCP address and gives out their URLs on a unix socket: cri-stream ADDR SOCKET.
func criStream(args []string) {
	if len(args) != 2 {
		must(fmt.Errorf("usage: kube cri-stream ADDR SOCKET"))
	}
	s := &streams{attachments: map[string]*attachment{}}
	cfg := streaming.DefaultConfig
	cfg.BaseURL = &url.URL{Scheme: "http", Host: args[0]}
	srv, err := streaming.NewServer(cfg, s)
	must(err)
	give := func(ask func(asked) (string, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			var q asked
			err := json.NewDecoder(r.Body).Decode(&q)
			var to string
			if err == nil {
				to, err = ask(q)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			fmt.Fprint(w, to)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /exec", give(func(q asked) (string, error) {
		a, err := srv.GetExec(&runtimeapi.ExecRequest{ContainerId: "c", Cmd: q.Cmd, Tty: q.Tty, Stdin: q.Stdin, Stdout: q.Stdout, Stderr: q.Stderr})
		return a.GetUrl(), err
	}))
	mux.HandleFunc("POST /attach", give(func(q asked) (string, error) {
		if q.Attach == nil {
			return "", fmt.Errorf("attach: nothing to attach to")
		}
		a, err := srv.GetAttach(&runtimeapi.AttachRequest{ContainerId: s.remember(q.Attach), Tty: q.Tty, Stdin: q.Stdin, Stdout: q.Stdout, Stderr: q.Stderr})
		return a.GetUrl(), err
	}))
	mux.HandleFunc("POST /portforward", give(func(q asked) (string, error) {
		a, err := srv.GetPortForward(&runtimeapi.PortForwardRequest{PodSandboxId: q.Netns, Port: q.Port})
		return a.GetUrl(), err
	}))
	os.Remove(args[1])
	tokens, err := net.Listen("unix", args[1])
	must(err)
	go func() { must(http.Serve(tokens, mux)) }()
	must(http.ListenAndServe(args[0], srv))
}
