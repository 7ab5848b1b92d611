// Command crash kills a running desk ten times, with SIGKILL and calls under way, and
// counts afterwards: what the desk answered with 2xx must be there exactly once, and no
// reply may have reached a customer twice. It prints one line with the figures and exits
// with 1 where they are not so. It talks to 127.0.0.1 alone.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// limit bounds a whole run.
const limit = 170 * time.Second

func main() {
	seed := flag.Uint64("seed", 1, "what follows from it: when the desk is killed, and who writes what")
	messages := flag.Int("messages", 1000, "how many calls providers make, repeats not counted")
	kills := flag.Int("kills", 10, "how often the desk is killed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, limit)
	f, err := run(ctx, *seed, *messages, *kills)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
	fmt.Println(f)
	if !f.good() {
		os.Exit(1)
	}
}

// figures is what was counted.
type figures struct {
	seed                                uint64
	kills                               int
	accepted, found, doubled, missing   int
	repeats, replies, arrived, sentMore int
	took                                time.Duration
}

func (f figures) good() bool { return f.missing == 0 && f.doubled == 0 && f.sentMore == 0 }

// String is the one line.
func (f figures) String() string {
	return fmt.Sprintf("seed %d: %d kills, %d accepted, %d found, %d doubled, %d missing; %d repeats; %d replies written, %d arrived, %d sent twice; %.0f s",
		f.seed, f.kills, f.accepted, f.found, f.doubled, f.missing, f.repeats, f.replies, f.arrived, f.sentMore, f.took.Seconds())
}

// run plays one seed.
func run(ctx context.Context, seed uint64, messages, kills int) (_ figures, err error) {
	began := time.Now()
	dir, err := os.MkdirTemp("", "deskhook-crash-")
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c, err := newChild(ctx, dir)
	if err != nil {
		return figures{}, err
	}
	defer c.kill()
	if err := c.start(ctx); err != nil {
		return figures{}, err
	}
	st, err := newStorm(c, seed, messages)
	if err != nil {
		return figures{}, err
	}
	if err := st.blow(ctx, kills); err != nil {
		return figures{}, err
	}
	f, err := st.count(ctx)
	f.seed, f.kills, f.took = seed, kills, time.Since(began)
	return f, err
}
