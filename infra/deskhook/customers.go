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
	Status   any    // partial: the desk's time was up; a number of a problem
	NextLine int    `json:"next_line"`
	Detail   string // of a problem, and what stands below
	Errors   []struct {
		Line           int
		Field, Message string
	}
}

// Run prints a line for each customer that isn't unchanged, and the counts; the exit code
// is 1 where the file has faults. A long file goes over in several calls.
func (c *importCmd) Run(w *world) error {
	src, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for line := 1; line > 0; {
		done, err := c.part(w, src, line)
		if err != nil {
			return err
		}
		for what, n := range done.Counts {
			counts[what] += n
		}
		if line = 0; done.Status == "partial" {
			line = done.NextLine
		}
	}
	fmt.Fprintln(w.out, spelled(counts))
	if !c.Apply {
		fmt.Fprintln(w.out, "This was a preview: nothing was written. Add --apply to do it.")
	}
	return nil
}

// part hands the file over from a line on, and prints what became of what the desk took.
func (c *importCmd) part(w *world, src []byte, line int) (imported, error) {
	done, status, err := c.send(w, src, line)
	if err != nil {
		return done, err
	}
	for _, f := range done.Errors {
		fmt.Fprintf(w.out, "%s:%d: %s %s\n", c.File, f.Line, f.Field, f.Message)
	}
	switch {
	case status == http.StatusOK:
	case line > 1:
		return done, coded{code: 1, err: fmt.Errorf("the lines from %d on were not imported (%d) %s", line, status, done.Detail)}
	default:
		return done, coded{code: 1, err: fmt.Errorf("nothing was imported (%d) %s", status, done.Detail)}
	}
	for _, it := range done.Items {
		if it.Result != "unchanged" {
			fmt.Fprintf(w.out, "%s:%d: %s %s%s\n", c.File, it.Line, it.Result, strings.Join(it.Changed, ", "), it.Why)
		}
	}
	return done, nil
}

func spelled(counts map[string]int) string {
	var out []string
	for what, n := range counts {
		out = append(out, fmt.Sprintf("%d %s", n, what))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (c *importCmd) send(w *world, src []byte, line int) (imported, int, error) {
	var done imported
	url := fmt.Sprintf("%s/v1/imports/customers?preview=%t", strings.TrimSuffix(c.Desk, "/"), !c.Apply)
	if line > 1 { // a desk that is older knows no from_line
		url += fmt.Sprintf("&from_line=%d", line)
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
