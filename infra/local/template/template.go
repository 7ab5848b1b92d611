// Package template reads template.yaml, the SAM template that is deployed, for the
// local runner: which function hangs on which route, queue, stream and schedule, and
// how each queue behaves. What is deployed and what runs on one machine can then not
// drift apart.
//
// It reads what the runner needs and leaves the rest (roles, alarms, the table)
// alone. A property of an event source that it doesn't know is an error, since the
// local desk would otherwise behave differently in silence.
package template

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/deskhook/deskhook/shared/queue"
)

// ErrInvalid is wrapped by every fault that Parse finds.
var ErrInvalid = errors.New("template: invalid")

// Fault is one thing wrong with a template, and where.
type Fault struct {
	File string
	Line int
	Text string
}

// Error gives file, line and fault as compilers do.
func (f *Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text) }

// Unwrap makes every fault an ErrInvalid.
func (f *Fault) Unwrap() error { return ErrInvalid }

// Template is what the runner needs of a template, in the order of the file.
type Template struct {
	Functions []Function
	Queues    []Queue
}

// Function is one AWS::Serverless::Function.
type Function struct {
	ID          string // logical id
	Name        string // of its folder: functions/<Name>/
	Timeout     time.Duration
	Concurrency int               // calls at a time; 0 = no limit of its own
	Env         map[string]string // Globals and its own, resolved
	Routes      []Route
	Queues      []QueueSource
	Streams     []StreamSource
	Schedules   []Schedule
	Line        int
}

// Route is one HttpApi event. Path is "$default" for a catch-all; Method is in upper
// case, ANY for all.
type Route struct {
	Method, Path string
	Line         int
}

// QueueSource is one SQS event.
type QueueSource struct {
	Queue       queue.Name
	Batch       int           // 1..10 000; default 10
	Window      time.Duration // waited for a batch to fill
	Partial     bool          // FunctionResponseTypes has ReportBatchItemFailures
	Concurrency int           // ScalingConfig.MaximumConcurrency; 0 = none
	Line        int
}

// StreamSource is one DynamoDB event.
type StreamSource struct {
	Batch     int           // default 100
	Window    time.Duration // waited for a batch to fill
	Tumbling  time.Duration // length of a tumbling window; 0 = none
	Bisect    bool          // split a failed batch in two
	Retries   int           // after the first try; -1 = for as long as records are kept
	Partial   bool          // ReportBatchItemFailures
	OnFailure string        // failure destination, as resolved; "" = none
	Latest    bool          // starts with what comes, not with what is kept
	Line      int
}

// Queue is one AWS::SQS::Queue.
type Queue struct {
	ID         string     // logical id
	Name       queue.Name // as the desk calls it: QueueName without the stack's name
	Visibility time.Duration
	Delay      time.Duration
	Retention  time.Duration
	MaxReceive int        // 0 = no redrive
	DLQ        queue.Name // "" = none
	Line       int
}

// Load reads the template at path. params override the defaults of its Parameters.
func Load(path string, params map[string]string) (*Template, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(filepath.Base(path), data, params)
}

// Parse reads a template; file names it in faults. All faults are told at once, each a
// *Fault with its line.
func Parse(file string, data []byte, params map[string]string) (*Template, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrInvalid, file, err)
	}
	if len(root.Content) == 0 {
		return nil, &Fault{File: file, Line: 1, Text: "the template is empty"}
	}
	p := &parser{file: file, root: root.Content[0], params: params, known: map[string]*bool{}, names: map[string]string{}}
	t := p.template()
	return t, errors.Join(p.faults...)
}

// Function finds a function by its folder's name.
func (t *Template) Function(name string) (Function, bool) {
	for _, f := range t.Functions {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}
