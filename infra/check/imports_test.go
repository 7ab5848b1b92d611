package check

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A ban says who may not import what, and why. Patterns are regular expressions over
// names without the module's path; $1 in to and except is what from has caught.
type ban struct {
	who    string
	from   string
	to     string
	except string
	deps   bool // what is linked counts, not only what is imported
	why    string
}

// sdk are the packages of the AWS SDK.
const sdk = `^github\.com/aws/(aws-sdk-go-v2|smithy-go)`

// receivers answer a provider that waits.
const receivers = `^functions/(wechat|sms|webform|generic)$`

var bans = []ban{
	{
		who: "desk", from: `^shared/desk$`, to: `\.|^shared/`,
		why: "the domain is the words of the desk: the standard library alone, so that it outlives every engine",
	},
	{
		who: "policy", from: `^shared/policy/`, to: `^shared/(store|table|queue|blob|ticketing|lambdaevent)\b|^net/http$`, deps: true,
		why: "a decision is a pure function of values: with I/O it could not be simulated, nor explained from the journal",
	},
	{
		who: "policy", from: `^shared/policy/`, to: `^(os|io/fs|math/rand(/v2)?|crypto/rand|log(/slog)?)$`,
		why: "the same values must give the same decision, today and in a replay",
	},
	{
		who: "channel", from: `^shared/channel/([a-z]+)\b`, to: `^shared/channel/`, except: `^shared/channel/($1)\b`,
		why: "a channel is one folder, taken out as easily as put in",
	},
	{
		who: "channel", from: `^shared/channel\b`, to: `^shared/(store|table|queue|ticketing)\b`, except: `^$`,
		why: "a channel reads and sends; it doesn't know how tickets are kept",
	},
	{
		who: "shared", from: `^shared/`, to: `^(functions|infra)/`,
		why: "imports point one way: functions and tools use what is shared",
	},
	{
		who: "functions", from: `^functions/([a-z]+)\b`, to: `^functions/`, except: `^functions/($1)\b`,
		why: "functions tell each other things by queues and rows, never by calls",
	},
	{
		who: "functions", from: `^functions/`, to: `^infra/`,
		why: "what is deployed has none of the tools",
	},
	{
		who: "the SDK", from: `.`, to: sdk,
		why: "AWS stands behind table, queue, blob, secrets and the one sender that needs it: the desk runs whole without it",
	},
	{
		who: "aws-lambda-go", from: `^shared/`, to: `^github\.com/aws/aws-lambda-go`,
		why: "Lambda's events are made plain in lambdaevent, and nobody behind it knows them",
	},
	{
		who: "receivers", from: receivers, to: `dynamodb|^shared/(table/dynamo|store|ticketing)$`, deps: true,
		why: "a receiver's cold start is the customer's wait, and it needs no table",
	},
	{
		who: "receivers", from: receivers, to: `sesv2|enmime|/channel/email\b`, deps: true,
		why: "a receiver's cold start is the customer's wait, and it reads and sends no mail",
	},
	{
		who: "email", from: `^functions/email$`, to: `dynamodb|sesv2|^shared/(table/dynamo|store|ticketing)$`, deps: true,
		why: "it takes notices and enqueues: it has no business with the table, nor with sending",
	},
}

// mayImport lists, per ban, the packages that are meant to. The command line does with
// a deployed desk what no function does: it puts settings.
var mayImport = map[string]string{
	"the SDK":       `^(shared/(awscall|table/dynamo|queue/sqsq|blob/s3|config/ssm|channel/email/ses)|functions/[a-z]+|infra/deskhook)$`,
	"aws-lambda-go": `^shared/lambdaevent$`,
	"channel":       `^shared/channel/builtin\b`,
}

// Whoever opens a service of AWS for a function waits for it as awscall says.
func TestEachEngineWaitsAsAwscallSays(t *testing.T) {
	left := map[string]bool{"shared/table/dynamo": true, "shared/queue/sqsq": true, "shared/blob/s3": true, "shared/config/ssm": true}
	for _, p := range packages(t) {
		if left[p.Name] && slices.Contains(p.Imports, "shared/awscall") {
			delete(left, p.Name)
		}
	}
	require.Empty(t, left)
}

// shared/README.md's rule "imports point one way", each ban with its reason.
func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		for _, b := range bans {
			for _, bad := range b.found(p) {
				t.Errorf("%s imports %s, but %s", p.Name, bad, b.why)
			}
		}
	}
}

// A ban that catches nobody's name would be green for ever after a folder is renamed.
func TestEachBanIsAboutSomebody(t *testing.T) {
	for _, b := range bans {
		found := false
		for _, p := range packages(t) {
			found = found || regexp.MustCompile(b.from).MatchString(p.Name)
		}
		require.True(t, found, "no package is meant by the ban on %s (%s)", b.who, b.from)
	}
}

func (b ban) found(p Package) []string {
	m := regexp.MustCompile(b.from).FindStringSubmatch(p.Name)
	if may, ok := mayImport[b.who]; m == nil || ok && regexp.MustCompile(may).MatchString(p.Name) {
		return nil
	}
	except := b.except
	if len(m) > 1 {
		except = strings.ReplaceAll(except, "$1", m[1])
	}
	var bad []string
	names := p.Imports
	if b.deps {
		names = p.Deps
	}
	for _, name := range names {
		if regexp.MustCompile(b.to).MatchString(name) && (except == "" || !regexp.MustCompile(except).MatchString(name)) {
			bad = append(bad, name)
		}
	}
	return bad
}

// Each ban bites: a package that breaks the rule is found.
func TestBansBite(t *testing.T) {
	for _, bad := range []Package{
		{Name: "shared/desk", Imports: []string{"github.com/x/y"}},
		{Name: "shared/policy/sla", Deps: []string{"shared/store"}},
		{Name: "shared/channel/sms", Imports: []string{"shared/channel/wechat"}},
		{Name: "shared/channel/sms", Imports: []string{"shared/store"}},
		{Name: "shared/store", Imports: []string{"functions/api/apifn"}},
		{Name: "functions/api/apifn", Imports: []string{"functions/portal/portalfn"}},
		{Name: "functions/api", Imports: []string{"infra/local"}},
		{Name: "shared/store", Imports: []string{"github.com/aws/aws-sdk-go-v2/aws"}},
		{Name: "functions/api/apifn", Imports: []string{"github.com/aws/aws-sdk-go-v2/service/sqs"}},
		{Name: "shared/store", Imports: []string{"github.com/aws/aws-lambda-go/events"}},
		{Name: "functions/wechat", Deps: []string{"github.com/aws/aws-sdk-go-v2/service/dynamodb"}},
		{Name: "functions/sms", Deps: []string{"github.com/jhillyerd/enmime/v2"}},
		{Name: "functions/email", Deps: []string{"github.com/aws/aws-sdk-go-v2/service/sesv2"}},
	} {
		found := 0
		for _, b := range bans {
			found += len(b.found(bad))
		}
		require.NotZero(t, found, "%+v", bad)
	}
}
