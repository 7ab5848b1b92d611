// Command sizes builds each function as it is deployed (linux/arm64, stripped) and
// prints how large it is. It fails where one is over the cap of its kind: a cold start
// loads all of it, and for a receiver that is time a customer waits.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/deskhook/deskhook/infra/check"
)

// Caps in bytes. They stand a tenth or so over what was measured in November 2026 with
// Go 1.26: a new dependency is then a decision and not an accident.
const (
	receiverCap = 13 << 20 // measured 11.6: answers a provider that waits
	workerCap   = 16 << 20 // measured 14.3
	plansCap    = 33 << 20 // measured 30.1: tickets, for the numbering plans; see shared/phone/plans
	pageCap     = 28 << 20 // measured 25.4: html/template keeps every method of what it may call, and the console checks settings
)

var (
	receivers = []string{"wechat", "sms", "webform"}
	pages     = []string{"console", "portal"}
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	root, err := check.Root()
	if err != nil {
		return err
	}
	names, err := check.Functions(root)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "deskhook-sizes-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a leftover in the temporary folder does no harm
	over := 0
	for _, name := range names {
		size, err := build(ctx, root, name, filepath.Join(dir, name))
		if err != nil {
			return err
		}
		limit, mark := capOf(name), ""
		if size > limit {
			over, mark = over+1, "  OVER"
		}
		fmt.Fprintf(out, "%-10s %5.1f MB of %4.1f%s\n", name, mb(size), mb(limit), mark)
	}
	if over > 0 {
		return fmt.Errorf("sizes: %d functions are over their cap", over)
	}
	return nil
}

func capOf(name string) int64 {
	switch {
	case slices.Contains(receivers, name):
		return receiverCap
	case name == "tickets":
		return plansCap
	case slices.Contains(pages, name):
		return pageCap
	}
	return workerCap
}

func mb(n int64) float64 { return float64(n) / (1 << 20) }

// build makes the binary as `sam build` does, and gives its size.
func build(ctx context.Context, root, name, to string) (int64, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", to, "./functions/"+name)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("sizes: %s: %w\n%s", name, err, out)
	}
	info, err := os.Stat(to)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
