package template_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/template"
)

func load(t *testing.T, params map[string]string) *template.Template {
	t.Helper()
	tpl, err := template.Load("testdata/template.yaml", params)
	require.NoError(t, err)
	return tpl
}

func function(t *testing.T, tpl *template.Template, name string) template.Function {
	t.Helper()
	f, ok := tpl.Function(name)
	require.True(t, ok, name)
	return f
}

// The deployed template and the local desk can't drift apart: everything that changes
// how a function is called is read from it.
func TestFunctions(t *testing.T) {
	tpl := load(t, nil)
	require.Len(t, tpl.Functions, 5, "a function whose condition doesn't hold is left out")

	wechat := function(t, tpl, "wechat")
	require.Equal(t, 5*time.Second, wechat.Timeout)
	require.Equal(t, []template.Route{
		{Method: "GET", Path: "/hooks/wechat/{account}", Line: 55},
		{Method: "POST", Path: "/hooks/wechat/{account}", Line: 56},
	}, wechat.Routes)
	portal := function(t, tpl, "portal")
	require.Equal(t, 10*time.Second, portal.Timeout, "from Globals")
	require.Equal(t, "/{proxy+}", portal.Routes[0].Path)
	require.Equal(t, template.Route{Method: "ANY", Path: "$default", Line: 63}, portal.Routes[1])

	require.Equal(t, []template.QueueSource{{Queue: "inbound.fifo", Batch: 10, Partial: true, Concurrency: 20, Line: 70}}, function(t, tpl, "tickets").Queues)
	figures := function(t, tpl, "figures")
	require.Equal(t, 1, figures.Concurrency)
	require.Equal(t, []template.StreamSource{{
		Batch: 500, Window: 2 * time.Second, Tumbling: time.Minute, Bisect: true, Retries: 5, Partial: true, OnFailure: "Failures.Arn", Line: 79,
	}}, figures.Streams)
	schedule := function(t, tpl, "schedule")
	require.Len(t, schedule.Schedules, 2, "a disabled one is left out")
	require.JSONEq(t, `{"job":"night"}`, schedule.Schedules[1].Input)
}

func TestEnvironment(t *testing.T) {
	env := function(t, load(t, nil), "wechat").Env
	require.Equal(t, map[string]string{
		"TABLE": "mine", "QUEUE": "inbound.fifo", "QUEUE_ARN": "arn:aws:sqs:us-east-1:000000000000:inbound.fifo",
		"JOINED": "a-us-east-1", "LITERAL": "${keep} on",
		"PUBLIC_URL": "https://ServerlessHttpApi.execute-api.us-east-1.amazonaws.com",
	}, env)
	env = function(t, load(t, map[string]string{"PublicURL": "https://desk.example.org", "Mail": "off"}), "wechat").Env
	require.Equal(t, "https://desk.example.org", env["PUBLIC_URL"])
	require.Equal(t, "x", env["GONE"])
}

func TestQueues(t *testing.T) {
	require.Equal(t, []template.Queue{
		{ID: "InboundDLQ", Name: "inbound-dlq.fifo", Visibility: 30 * time.Second, Retention: 14 * 24 * time.Hour, Line: 28},
		{ID: "InboundQueue", Name: "inbound.fifo", Visibility: 3 * time.Minute, Retention: 4 * 24 * time.Hour, MaxReceive: 20, DLQ: "inbound-dlq.fifo", Line: 31},
		{ID: "OutboundQueue", Name: "outbound", Visibility: 30 * time.Second, Delay: 5 * time.Second, Retention: 4 * 24 * time.Hour, Line: 38},
	}, load(t, nil).Queues)
}

// Each fault is told with the line it is on, and all at once.
func TestFaults(t *testing.T) {
	const head = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
	for name, tt := range map[string]struct{ yaml, want string }{
		"not yaml":         {"a: [", "t.yaml"},
		"empty":            {"", "t.yaml:1: the template is empty"},
		"no resources":     {"Globals: {}", "t.yaml:1: the template has no Resources"},
		"no code":          {head + "      Timeout: 3", "t.yaml:2: function F has no CodeUri"},
		"code elsewhere":   {head + "      CodeUri: src/f/", "t.yaml:5: CodeUri of F must be functions/<name>/"},
		"timeout":          {head + "      CodeUri: functions/f/\n      Timeout: long", "t.yaml:6: Timeout must be a whole number from 0 to 900"},
		"unknown ref":      {head + "      CodeUri: functions/f/\n      Environment: {Variables: {\n        A: !Ref Nobody}}", "t.yaml:7: Nobody is neither a parameter nor a resource"},
		"unknown function": {head + "      CodeUri: !Cidr [a]", "t.yaml:5: !Cidr is not known"},
		"unknown event":    {head + "      CodeUri: functions/f/\n      Events:\n        E: {Type: SNS}", `t.yaml:7: event E of F: type "SNS" is not known`},
		"unknown property": {head + "      CodeUri: functions/f/\n      Events:\n        E: {Type: SQS, Properties: {\n          FilterCriteria: {}, Queue: q}}", "t.yaml:8: event E of F: property FilterCriteria of SQS is not known"},
		"unknown queue":    {head + "      CodeUri: functions/f/\n      Events:\n        E: {Type: SQS, Properties: {Queue: q}}", "t.yaml:7: queue q is not in the template"},
		"bad path":         {head + "      CodeUri: functions/f/\n      Events:\n        E: {Type: HttpApi, Properties: {Path: '/{a+}/b'}}", "t.yaml:7: route /{a+}/b"},
		"bad schedule":     {head + "      CodeUri: functions/f/\n      Events:\n        E: {Type: Schedule, Properties: {Schedule: often}}", "t.yaml:7: event E: a schedule is rate"},
		"bad position":     {head + "      CodeUri: functions/f/\n      Events:\n        E: {Type: DynamoDB, Properties: {StartingPosition: START}}", "t.yaml:7: event E: StartingPosition"},
		"unknown if":       {head + "      CodeUri: functions/f/\n      Timeout: !If [C, 1, 2]", `t.yaml:6: condition "C" is not in Conditions`},
		"circle":           {"Conditions:\n  C: !Condition C\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Condition: C", `t.yaml:2: condition "C" refers to itself`},
		"fifo name":        {"Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: q, FifoQueue: true}", "t.yaml:2: queue Q: FifoQueue and a name"},
		"no such dlq":      {"Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {RedrivePolicy: {deadLetterTargetArn: 'a:b', maxReceiveCount: 2}}", "t.yaml:2: queue q: its dead-letter queue b is not"},
		"short visibility": {head + "      CodeUri: functions/f/\n      Timeout: 60\n      Events:\n        E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}\n  Q:\n    Type: AWS::SQS::Queue", "t.yaml:8: queue q: VisibilityTimeout 30s is under the Timeout 1m0s of F"},
		"twice a route":    {head + "      CodeUri: functions/f/\n      Events:\n        A: {Type: HttpApi, Properties: {Path: /a}}\n        B: {Type: HttpApi, Properties: {Path: /a}}", "t.yaml:8: route ANY /a is declared twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := template.Parse("t.yaml", []byte(tt.yaml), nil)
			require.ErrorIs(t, err, template.ErrInvalid)
			require.ErrorContains(t, err, tt.want)
		})
	}
	_, err := template.Parse("t.yaml", []byte(head+"      CodeUri: x\n      Timeout: y"), nil)
	require.Equal(t, 2, strings.Count(err.Error(), "t.yaml:"), "all faults at once")
	var fault *template.Fault
	require.True(t, errors.As(err, &fault))
	require.Equal(t, 5, fault.Line)
}

func TestLoadNamesAMissingFile(t *testing.T) {
	_, err := template.Load("testdata/none.yaml", nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestSchedules(t *testing.T) {
	at := time.Date(2026, 2, 27, 22, 58, 30, 0, time.UTC) // a Friday
	for expr, want := range map[string]string{
		"rate(1 minute)":           "2026-02-27T22:59:00Z",
		"rate(5 minutes)":          "2026-02-27T23:00:00Z",
		"rate(1 day)":              "2026-02-28T00:00:00Z",
		"cron(0 4 * * ? *)":        "2026-02-28T04:00:00Z",
		"cron(*/20 * * * ? *)":     "2026-02-27T23:00:00Z",
		"cron(17 3 ? * MON-FRI *)": "2026-03-02T03:17:00Z",
		"cron(0 0 29 2 ? *)":       "2028-02-29T00:00:00Z",
		"cron(5/30 8,9 1 JAN ? *)": "2027-01-01T08:05:00Z",
		"cron(0 0 31 2 ? *)":       "0001-01-01T00:00:00Z",
	} {
		s, err := template.ParseSchedule(expr)
		require.NoError(t, err, expr)
		require.Equal(t, want, s.Next(at).Format(time.RFC3339), expr)
	}
	for _, bad := range []string{"", "rate()", "rate(0 minutes)", "rate(1 week)", "rate(1 minute", "cron(0 0 * *)", "cron(60 0 * * ? *)", "cron(a 0 * * ? *)", "cron(0/0 0 * * ? *)", "cron(5-1 0 * * ? *)", "cron(0 0 * * ? 2026)"} {
		_, err := template.ParseSchedule(bad)
		require.Error(t, err, bad)
	}
}

// A template is a file people edit: whatever stands in it, Parse answers.
func FuzzParse(f *testing.F) {
	b, err := os.ReadFile("testdata/template.yaml")
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = template.Parse("t.yaml", b, nil) })
}

// What is deployed is what runs here: the project's own template is read without a
// fault, and every function has something that calls it.
func TestTheProjectsOwnTemplate(t *testing.T) {
	tpl, err := template.Load("../../../template.yaml", nil)
	require.NoError(t, err)
	require.NotEmpty(t, tpl.Queues)
	for _, f := range tpl.Functions {
		require.NotZero(t, len(f.Routes)+len(f.Queues)+len(f.Streams)+len(f.Schedules), f.Name)
	}
}
