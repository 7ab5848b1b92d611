package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

// crashFile, when set, makes this test binary the victim of TestKill.
const crashFile = "DESKHOOK_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		sendForever(path)
	}
	os.Exit(m.Run())
}

// sendForever prints each body after its Send returned nil.
func sendForever(path string) {
	db, err := bolt.Open(path, time.Now, specs(), bolt.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for g := range 8 {
		go func() {
			for n := 0; ; n++ {
				body := fmt.Sprintf("%d-%d", g, n)
				if err := db.Send(context.Background(), fifo, in(fmt.Sprint("g", g), body)); err == nil {
					_, _ = os.Stdout.WriteString(body + "\n")
				}
			}
		}()
	}
	select {}
}

// The promise: a Send that returned nil survives kill -9, in order, and nothing is
// there twice.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue.db")
	acked := killAfter(t, path, 500)
	db := open(t, path, time.Now, bolt.Options{})
	found, last := map[string]bool{}, map[string]int{}
	for cursor, more := "", true; more; more = cursor != "" {
		page, next, err := db.Peek(fifo, bolt.MaxPeek, cursor)
		require.NoError(t, err)
		for _, m := range page {
			var g, n int
			_, err := fmt.Sscanf(m.Body, "%d-%d", &g, &n)
			require.NoError(t, err)
			require.Equal(t, last[m.Group], n, "order of %s", m.Group)
			last[m.Group]++
			found[m.Body] = true
		}
		cursor = next
	}
	for _, body := range acked {
		require.True(t, found[body], "acknowledged %s is lost", body)
	}
}

func killAfter(t *testing.T, path string, acks int) (acked []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashFile+"="+path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // a line cut short by the kill is no acknowledgement
			break
		}
		acked = append(acked, strings.TrimSpace(line))
		if len(acked) == acks {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait()
	require.GreaterOrEqual(t, len(acked), acks)
	return acked
}

// BenchmarkSend64 is 64 receivers acknowledging webhooks at once, synced: the time of
// one Send as its caller sees it.
func BenchmarkSend64(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "queue.db"), time.Now, bolt.Options{})
	body := strings.Repeat("x", 1000)
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	next := make(chan int)
	b.ResetTimer()
	for g := range 64 {
		wg.Go(func() {
			for n := range next {
				start := time.Now()
				m := queue.Message{Body: body, Group: fmt.Sprint("g", g), Dedup: fmt.Sprint(n)}
				if err := db.Send(context.Background(), fifo, m); err != nil {
					b.Error(err)
				}
				mu.Lock()
				took = append(took, time.Since(start))
				mu.Unlock()
			}
		})
	}
	for n := range b.N {
		next <- n
	}
	close(next)
	wg.Wait()
	report(b, took)
}

// BenchmarkRound is send, receive, delete of one message by one caller.
func BenchmarkRound(b *testing.B) {
	db := open(b, filepath.Join(b.TempDir(), "queue.db"), time.Now, bolt.Options{})
	for n := range b.N {
		require.NoError(b, db.Send(b.Context(), fifo, in("g", fmt.Sprint(n))))
		got := receive(b, db, fifo)
		require.Len(b, got, 1)
		require.NoError(b, db.Delete(b.Context(), fifo, got[0].Receipt))
	}
}
