package check

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
	"github.com/deskhook/deskhook/shared/table"
)

func TestEachFunctionIsDeployedAndEachDeployedIsAFunction(t *testing.T) {
	folders, err := os.ReadDir(filepath.Join(root(t), "functions"))
	require.NoError(t, err)
	var names []string
	for _, f := range folders {
		names = append(names, f.Name())
	}
	require.Equal(t, sorted(names), slices.Sorted(maps.Keys(readStack(t).functions())), "folders of functions/ and CodeUris of template.yaml")
	mains, err := Functions(root(t))
	require.NoError(t, err)
	require.Equal(t, sorted(names), sorted(mains), "a function without main.go")
}

// SAM finds go.mod from CodeUri only with its own build of Go.
func TestEachFunctionIsBuiltAndLogged(t *testing.T) {
	s := readStack(t)
	for _, id := range s.of("AWS::Serverless::Function") {
		require.Equal(t, "go1.x", at[string](s.resources[id].meta, "BuildMethod"), id)
		log := s.resources[strings.TrimSuffix(id, "Function")+"Log"]
		require.Equal(t, "AWS::Logs::LogGroup", log.kind, "%s has no log group of its own: its logs would be kept for ever", id)
		require.Contains(t, texts(log.props["LogGroupName"])[0], "${"+id+"}")
	}
}

// A function may do what its code calls, and nothing else. What it calls is read from
// the adapters its main opens and the queues its code names.
func TestEachRoleFitsItsCode(t *testing.T) {
	for name, fn := range readStack(t).functions() {
		c := readCode(t, name)
		require.Equal(t, c.opens("shared/table/dynamo"), fn.allowsAny("dynamodb"), "%s: the table", name)
		require.Equal(t, c.opens("shared/config/ssm"), fn.allowsAny("ssm"), "%s: secrets", name)
		require.Equal(t, c.opens("shared/queue/sqsq"), fn.allowsAny("sqs"), "%s: queues", name)
		require.Equal(t, c.opens("shared/blob/s3"), fn.allowsAny("s3") && fn.allows("s3:GetObject", ""), "%s: files", name)
		require.Equal(t, strings.Contains(c.text, ".Sender,"), fn.allowsAny("ses"), "%s: mail", name)
		require.Equal(t, c.putsFiles(), fn.putsFiles(), "%s: writing files", name)
		require.Equal(t, sorted(c.sends()), sorted(fn.queues("sqs:SendMessage")), "%s: queues that it sends to", name)
		require.Equal(t, sorted(c.postpones()), sorted(fn.queues("sqs:ChangeMessageVisibility")), "%s: queues whose messages it postpones", name)
	}
}

// Dead letters are taken by one function alone, which may take nothing else: what another
// took would be nobody's.
func TestOnlyDeadlettersTakesDeadLetters(t *testing.T) {
	var dead []string
	for _, q := range queue.Names {
		dead = append(dead, sqsq.EnvName(q.Dead()))
	}
	for name, fn := range readStack(t).functions() {
		took := fn.queues("sqs:ReceiveMessage")
		require.Equal(t, took, fn.queues("sqs:DeleteMessage"), name)
		if name != "deadletters" {
			require.Empty(t, took, name)
			continue
		}
		require.Len(t, took, len(dead))
		for _, id := range took {
			require.Regexp(t, `DeadQueue$`, id)
		}
		require.ElementsMatch(t, dead, slices.Collect(maps.Keys(at[map[string]any](fn.props, "Environment", "Variables"))))
	}
}

// S3 says AccessDenied for an absent key unless one may list; blob.ErrNotFound needs
// the difference.
func TestReadersOfFilesMayList(t *testing.T) {
	for name, fn := range readStack(t).functions() {
		if fn.allows("s3:GetObject", "") {
			require.True(t, fn.allows("s3:ListBucket", "Bucket.Arn"), name)
		}
	}
}

func TestReceiversMayNotTouchTheTable(t *testing.T) {
	for _, name := range []string{"wechat", "sms", "webform", "generic", "email"} {
		require.False(t, readStack(t).functions()[name].allowsAny("dynamodb"), name)
	}
}

func TestNoRoleIsWide(t *testing.T) {
	for name, fn := range readStack(t).functions() {
		require.NotEmpty(t, fn.grants(), name)
		for _, g := range fn.grants() {
			require.NotContains(t, g.action, "*", name)
			require.NotRegexp(t, `^\*$|:\*$|^\$\{Bucket\.Arn\}/\*$`, g.resource, "%s: %s", name, g.action)
		}
	}
}

// China's and the government's regions have partitions of their own.
func TestARNsNameNoPartition(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "template.yaml"))
	require.NoError(t, err)
	for n, line := range lines(b) {
		require.NotRegexp(t, `arn:aws`, line, "line %d", n+1)
	}
}

// A message is never lost in silence: each queue has dead letters, and they ring.
func TestDeadLettersRing(t *testing.T) {
	s := readStack(t)
	rings := map[string]bool{}
	for _, id := range s.of("AWS::CloudWatch::Alarm") {
		a := s.resources[id]
		require.Contains(t, texts(a.props["AlarmActions"]), "AlarmTopic", id)
		for _, d := range at[[]any](a.props, "Dimensions") {
			rings[texts(at[map[string]any](d.(map[string]any), "Value"))[0]] = true
		}
	}
	dead := 0
	for _, id := range s.of("AWS::SQS::Queue") {
		q := s.resources[id]
		if strings.HasSuffix(id, "DeadQueue") {
			dead++
			require.True(t, rings[id+".QueueName"], "nobody hears of %s", id)
			continue
		}
		to := strings.TrimSuffix(id, "Queue") + "DeadQueue"
		require.Equal(t, []string{to + ".Arn"}, texts(at[map[string]any](q.props, "RedrivePolicy")["deadLetterTargetArn"]), id)
		require.Equal(t, q.props["FifoQueue"], s.resources[to].props["FifoQueue"], "%s: a FIFO queue's dead letters are FIFO", id)
		require.GreaterOrEqual(t, number(t, s.resources[to].props["MessageRetentionPeriod"]), number(t, q.props["MessageRetentionPeriod"]), id)
	}
	require.Equal(t, len(s.of("AWS::SQS::Queue")), 2*dead)
}

// AWS: "set the source queue's visibility timeout to at least six times the function
// timeout"; and without partial responses one failed message repeats its batch.
func TestSourcesAreSafe(t *testing.T) {
	s := readStack(t)
	for name, fn := range s.functions() {
		for _, src := range fn.sources() {
			if src.kind != "SQS" && src.kind != "DynamoDB" {
				continue
			}
			require.Equal(t, []string{"ReportBatchItemFailures"}, texts(src.props["FunctionResponseTypes"]), name)
			if src.kind == "SQS" {
				q := s.resources[strings.TrimSuffix(texts(src.props["Queue"])[0], ".Arn")]
				require.GreaterOrEqual(t, number(t, q.props["VisibilityTimeout"]), 6*number(t, fn.props["Timeout"]), name)
				continue
			}
			require.NotNil(t, at[map[string]any](src.props, "DestinationConfig")["OnFailure"], "%s: failed records would be lost", name)
			require.True(t, fn.allows("s3:PutObject", "aws/lambda/*"), "%s: failed records can't be kept", name)
			require.True(t, fn.allows("s3:ListBucket", "Bucket.Arn"), "%s: failed records can't be kept", name)
		}
	}
}

// What waits in order is handed back soon, or its group waits for the whole timeout.
func TestReadersOfFIFOQueuesMayPostpone(t *testing.T) {
	s := readStack(t)
	for name, fn := range s.functions() {
		for _, src := range fn.sources() {
			id := strings.TrimSuffix(strings.Join(texts(src.props["Queue"]), ""), ".Arn")
			if src.kind == "SQS" && s.resources[id].props["FifoQueue"] == "true" {
				require.True(t, fn.allows("sqs:ChangeMessageVisibility", id), name)
			}
		}
	}
}

func TestTheTableIsWhatTheEngineReads(t *testing.T) {
	tab := readStack(t).resources["Table"].props
	require.Equal(t, attrs(table.Primary), keys(tab))
	indexes := at[[]any](tab, "GlobalSecondaryIndexes")
	require.Len(t, indexes, len(table.Indexes))
	for _, ix := range indexes {
		m := ix.(map[string]any)
		name := table.Index(at[string](m, "IndexName"))
		require.Contains(t, table.Indexes, name)
		require.Equal(t, attrs(name), keys(m), name)
		want := []string{table.AttrSummary, "INCLUDE"}
		if name == table.Due {
			want = []string{"KEYS_ONLY"}
		}
		require.Equal(t, want, texts(m["Projection"]), name)
	}
	require.Equal(t, "NEW_AND_OLD_IMAGES", at[string](tab, "StreamSpecification", "StreamViewType"))
	require.Equal(t, table.AttrExpires, at[string](tab, "TimeToLiveSpecification", "AttributeName"))
	require.Equal(t, "PAY_PER_REQUEST", at[string](tab, "BillingMode"))
}

// Each variable that deployed code reads is one that the template sets.
func TestVariablesAreSet(t *testing.T) {
	st := readStack(t)
	set := at[map[string]any](st.globals, "Environment", "Variables")
	for _, q := range []queue.Name{queue.Inbound, queue.Outbound, queue.Jobs, queue.Surveys, queue.SESMail} {
		require.Contains(t, set, sqsq.EnvName(q))
	}
	reads := regexp.MustCompile(`[gG]etenv\("([A-Z_]+)"\)`)
	for _, p := range packages(t) {
		if !regexp.MustCompile(`^(functions/|shared/(table/dynamo|queue/sqsq|blob/s3|config/ssm)$)`).MatchString(p.Name) {
			continue
		}
		own := at[map[string]any](st.functions()[strings.TrimPrefix(p.Name, "functions/")].props, "Environment", "Variables")
		for _, m := range reads.FindAllStringSubmatch(sourceOf(t, p), -1) {
			if _, is := own[m[1]]; !is {
				require.Contains(t, set, m[1], p.Name)
			}
		}
	}
}

// A function that the API calls mustn't wait for the API: SAM writes the function into the
// API's own document, and CloudFormation refuses the circle. (.ci/transform looks at all
// that SAM makes; this needs nothing but Go.)
func TestNoFunctionBehindTheAPIWaitsForIt(t *testing.T) {
	st := readStack(t)
	behind := 0
	for name, f := range st.functions() {
		if !slices.ContainsFunc(f.sources(), func(s source) bool { return s.kind == "HttpApi" }) {
			continue
		}
		behind++
		for _, props := range []map[string]any{st.globals, f.props} {
			text := fmt.Sprint(props["Environment"], props["Policies"])
			require.NotRegexp(t, `GetAtt:\[?Api[. ]|Ref:Api\b|\$\{Api[.}]`, text, name)
		}
	}
	require.Positive(t, behind)
}

func attrs(ix table.Index) []string {
	pk, sk := table.IndexAttrs(ix)
	return []string{pk, sk}
}

// keys are the attribute names of a KeySchema, hash before range.
func keys(m map[string]any) []string {
	var names []string
	for i, k := range at[[]any](m, "KeySchema") {
		e := k.(map[string]any)
		if at[string](e, "KeyType") != []string{"HASH", "RANGE"}[i] {
			return nil
		}
		names = append(names, at[string](e, "AttributeName"))
	}
	return names
}

func number(t *testing.T, v any) int {
	t.Helper()
	s, _ := v.(string)
	n, err := strconv.Atoi(s)
	require.NoError(t, err, "%v", v)
	return n
}
