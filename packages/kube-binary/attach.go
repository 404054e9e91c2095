package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"time"
)

// attachment is what attaching to a container's main process needs: its output is read from its log (lines of the CRI
// log format), so that it also works after the runtime was restarted; its input is a fifo.
type attachment struct {
	// Log is the container's log file; From the offset to begin at, -1 for its end.
	Log  string
	From int64
	// Input is the fifo of its standard input; empty when it has none.
	Input string
	// Ended is a file that appears when the container has ended.
	Ended string
	// CloseInput ends the container's input when the client's ends (stdinOnce); the file it makes tells the runtime.
	CloseInput string
}

func (a *attachment) run(ctx context.Context, in io.Reader, out, errw io.Writer) error {
	log, err := os.Open(a.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	whence := io.SeekStart
	if a.From < 0 {
		a.From, whence = 0, io.SeekEnd
	}
	if _, err := log.Seek(a.From, whence); err != nil {
		return err
	}
	if in != nil && a.Input != "" {
		go a.feed(in)
	}
	return a.follow(ctx, bufio.NewReader(log), out, errw)
}

func (a *attachment) feed(in io.Reader) {
	fifo, err := os.OpenFile(a.Input, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	io.Copy(fifo, in)
	fifo.Close()
	if a.CloseInput != "" {
		os.WriteFile(a.CloseInput, nil, 0o600)
	}
}

func (a *attachment) follow(ctx context.Context, log *bufio.Reader, out, errw io.Writer) error {
	var line []byte
	over := false
	for {
		part, err := log.ReadBytes('\n')
		line = append(line, part...)
		if err == nil {
			if err := passOn(line, out, errw); err != nil {
				return nil
			}
			line = line[:0]
			continue
		}
		if over || ctx.Err() != nil {
			return nil
		}
		// Once more after the end: what was written last may not have been there when the log was read.
		if _, gone := os.Stat(a.Ended); gone == nil {
			over = true
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// passOn writes one line of the CRI log format (time, stream, F or P, text) to the stream it names.
func passOn(line []byte, out, errw io.Writer) error {
	parts := bytes.SplitN(line, []byte(" "), 4)
	if len(parts) < 4 {
		return nil
	}
	text := parts[3]
	if string(parts[2]) == "P" {
		text = bytes.TrimSuffix(text, []byte("\n"))
	}
	to := out
	if string(parts[1]) == "stderr" && errw != nil {
		to = errw
	}
	if to == nil {
		return nil
	}
	_, err := to.Write(text)
	return err
}
