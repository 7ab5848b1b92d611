// Command contract drives a running desk's REST API with requests that schemathesis makes
// from the desk's own document: good ones, and ones that break it in every way that it
// knows. It fails where the API answers with a fault of its own, with what the document
// doesn't tell, or where it takes what the document forbids.
//
// Addresses in the document name things by id, and a made-up id only ever meets a 404. So
// half of the ids are real ones, read from the desk first.
//
//	contract -base http://127.0.0.1:3000 -token local-api-token -schemathesis .cache/venv/bin/schemathesis
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// limit bounds a whole run.
const limit = 10 * time.Minute

func main() {
	var r run
	flag.StringVar(&r.base, "base", "http://127.0.0.1:3000", "where the desk runs")
	flag.StringVar(&r.token, "token", "local-api-token", "of an admin")
	flag.StringVar(&r.schemathesis, "schemathesis", "schemathesis", "the program")
	flag.IntVar(&r.examples, "examples", 10, "requests made up for each operation, besides those at its bounds")
	flag.Uint64Var(&r.seed, "seed", 1, "what follows from it: which requests are made")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := r.do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "contract:", err)
		os.Exit(1)
	}
}

// run is one run of schemathesis.
type run struct {
	base, token, schemathesis string
	examples                  int
	seed                      uint64
}

// checks are schemathesis' names of what is held against each answer.
const checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance," +
	"response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,ignored_auth"

func (r run) do(ctx context.Context) error {
	program, err := filepath.Abs(r.schemathesis)
	if err != nil {
		return err
	}
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("%w; make tools installs it", err)
	}
	found, err := client{r.base, r.token}.look(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "deskhook-contract-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	config := filepath.Join(dir, "schemathesis.toml")
	if err := os.WriteFile(config, []byte(found.config()), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "--config-file", config, "run", r.base+"/v1/openapi.json",
		"--header", "Authorization: Bearer "+r.token, "--checks", checks, "--phases", "examples,coverage,fuzzing",
		"--max-examples", fmt.Sprint(r.examples), "--seed", fmt.Sprint(r.seed), "--continue-on-failure",
		"--suppress-health-check", "all", "--warnings", "off", "--generation-database", "none", "--no-color")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	return cmd.Run()
}
