// Command deskhook runs the desk on one machine and looks after it. `deskhook --help`
// lists what it can do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line. Each command is a struct in a file of its own.
type cli struct {
	Run       runCmd       `cmd:"" help:"Run the whole desk on this machine."`
	Demo      demoCmd      `cmd:"" help:"Show a scratch desk at work: four channels, four answers, four scores."`
	Mail      mailCmd      `cmd:"" help:"Hand mails to the running desk as SES would."`
	Explain   explainCmd   `cmd:"" help:"Print what the desk makes of a mail, as JSON, or what its rules make of a message."`
	Invoke    invokeCmd    `cmd:"" help:"Run one function on an event, in a scratch folder."`
	Cost      costCmd      `cmd:"" help:"Print what messages and an idle month cost."`
	Settings  settingsCmd  `cmd:"" help:"Check settings, or put them in force."`
	Index     indexCmd     `cmd:"" help:"Make what was written before a desk had its search findable."`
	Recount   recountCmd   `cmd:"" help:"Mend the figures of a day whose changes the feed gave up on."`
	Customers customersCmd `cmd:"" help:"Import customers from a CSV file."`
	Setup     setupCmd     `cmd:"" help:"Do what CloudFormation can't."`
	Segments  segmentsCmd  `cmd:"" help:"Count what a text costs as SMS, as JSON."`
	Doctor    doctorCmd    `cmd:"" help:"Look after a desk: settings, secrets, addresses to paste, tokens, dead letters, and what providers call."`
	Verify    verifyCmd    `cmd:"" help:"Judge a recorded webhook call, as JSON: is it believed, why, and what is read of it."`
}

// world is what commands may touch of the process; tests give their own.
type world struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(&world{ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}, os.Args[1:])
	stop()
	os.Exit(code)
}

// exit ends kong's parsing where it prints help.
type exit int

// coded is how a command ends with another exit code than 1, or with nothing more to
// say than it has already printed.
type coded struct {
	code int
	err  error // may be nil
}

func (c coded) Error() string {
	if c.err == nil {
		return ""
	}
	return c.err.Error()
}

func (c coded) Unwrap() error { return c.err }

// execute runs one command line and gives the exit code: 0 done, 1 failed, 2 not
// understood.
func execute(w *world, args []string) (code int) {
	defer func() {
		if e, ok := recover().(exit); ok {
			code = int(e)
		}
	}()
	var c cli
	parser, err := kong.New(&c, kong.Name("deskhook"),
		kong.Description("A multichannel customer-service desk without servers."),
		kong.Writers(w.out, w.err), kong.Exit(func(n int) { panic(exit(n)) }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(w.err, "deskhook:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(w.err, "deskhook:", err)
		fmt.Fprintln(w.err, "Run deskhook --help for what it can do.")
		return 2
	}
	return ended(w, k.Run(w))
}

// ended tells a command's failure and gives its exit code.
func ended(w *world, err error) int {
	if err == nil || errors.Is(err, context.Canceled) {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(w.err, "deskhook:", text)
	}
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return 1
}
