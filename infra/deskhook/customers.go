package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// customersCmd looks after customers.
type customersCmd struct {
	Import importCmd `cmd:"" help:"Make and change customers from a CSV file; without --apply it only says what would be done."`
}

// importCmd hands a file to a desk's API. The desk reads it, so that what a preview says
// is what the import does.
type importCmd struct {
	File  string `arg:"" type:"existingfile" name:"file.csv" help:"UTF-8; the first line names the columns: mail, phone, name, language, time_zone, tier, tags and the settings' customer_fields."`
	Apply bool   `help:"Do it."`
	Desk  string `default:"http://127.0.0.1:3000" help:"The desk's address."`
	Token string `default:"local-api-token" env:"DESKHOOK_API_TOKEN" help:"A lead's or admin's token or service key (default: that of the local desk)."`
}

type imported struct {
	Counts map[string]int
	Items  []struct {
		Line    int
		Result  string
		Changed []string
		Why     string
	}
	Faults []struct {
		Line         int
		Column, Text string
	}
	Detail string // of a problem
}

// Run prints a line for each customer that isn't unchanged, and the counts; the exit code
// is 1 where the file has faults.
func (c *importCmd) Run(w *world) error {
	src, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	done, status, err := c.send(w, src)
	if err != nil {
		return err
	}
	for _, f := range done.Faults {
		fmt.Fprintf(w.out, "%s:%d: %s %s\n", c.File, f.Line, f.Column, f.Text)
	}
	if status != http.StatusOK {
		return coded{code: 1, err: fmt.Errorf("nothing was imported (%d) %s", status, done.Detail)}
	}
	for _, it := range done.Items {
		if it.Result != "unchanged" {
			fmt.Fprintf(w.out, "%s:%d: %s %s%s\n", c.File, it.Line, it.Result, strings.Join(it.Changed, ", "), it.Why)
		}
	}
	var counts []string
	for what, n := range done.Counts {
		counts = append(counts, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(counts)
	fmt.Fprintln(w.out, strings.Join(counts, ", "))
	if !c.Apply {
		fmt.Fprintln(w.out, "This was a preview: nothing was written. Add --apply to do it.")
	}
	return nil
}

func (c *importCmd) send(w *world, src []byte) (imported, int, error) {
	var done imported
	url := strings.TrimSuffix(c.Desk, "/") + "/v1/imports/customers"
	if !c.Apply {
		url += "?preview=true"
	}
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, url, bytes.NewReader(src))
	if err != nil {
		return done, 0, err
	}
	r.Header.Set("Content-Type", "text/csv")
	r.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := (&http.Client{Timeout: time.Minute}).Do(r)
	if err != nil {
		return done, 0, fmt.Errorf("no desk answers at %s: is `make run` running? (%w)", c.Desk, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		return done, 0, err
	}
	if err := json.Unmarshal(b, &done); err != nil {
		return done, 0, fmt.Errorf("the desk answered %d, and not in JSON", resp.StatusCode)
	}
	return done, resp.StatusCode, nil
}
