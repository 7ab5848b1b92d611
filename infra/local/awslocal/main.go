// Command awslocal runs another command beside AWS's DynamoDB Local and ElasticMQ:
//
//	go run ./infra/local/awslocal -- go test ./shared/table/dynamo/... ./shared/queue/sqsq/...
//
// It gets both with Maven on first use, keeps them under .cache at the root of the
// checkout, starts them on free ports with nothing stored, and passes their endpoints
// in DESKHOOK_DYNAMODB_LOCAL and DESKHOOK_ELASTICMQ. Its exit code is the command's.
// It needs java (17 or later) and, the first time, mvn and a registry.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "awslocal:", err)
	}
	os.Exit(code)
}

// run starts the servers and the command, and returns the command's exit code, or 1
// and the reason why it never ran.
func run(ctx context.Context, args []string, out io.Writer) (int, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 1, errors.New("say which command to run, after --")
	}
	cache, err := cacheDir(ctx)
	if err != nil {
		return 1, err
	}
	env := os.Environ()
	for _, s := range servers {
		lib, err := s.fetch(ctx, cache, out)
		if err != nil {
			return 1, err
		}
		running, err := s.start(ctx, lib)
		if err != nil {
			return 1, err
		}
		defer running.stop()
		env = append(env, s.env+"="+running.endpoint)
	}
	return command(ctx, args, env)
}

// cacheDir lies beside go.mod, wherever the command was called from.
func cacheDir(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	path := strings.TrimSpace(string(mod))
	if err != nil || path == "" || path == os.DevNull {
		return "", errors.New("call it inside the checkout: there is no go.mod here")
	}
	return filepath.Join(filepath.Dir(path), ".cache", "awslocal"), nil
}

func command(ctx context.Context, args, env []string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		// A command killed by a signal has no code of its own: -1.
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, fmt.Errorf("the command didn't run: %w", err)
	}
	return 0, nil
}
