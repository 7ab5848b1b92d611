// Package awscall says how long the desk waits for AWS before it tries again.
package awscall

import (
	"net"
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// How long one attempt waits. The SDK itself has no such limits: a connection that died
// while a function was frozen would hold the call until the function's own end. A second
// attempt that is answered at once ends within the five seconds that WeChat gives a webhook.
const (
	toConnect = time.Second
	toAnswer  = 2 * time.Second
)

// HTTP makes the client for SQS, DynamoDB, S3 and SSM: an attempt that isn't connected
// after a second, or whose answer hasn't begun two seconds after the request was written,
// fails in a way that the SDK tries again. Bodies may take their time.
//
// A call that must not be made twice switches the SDK's tries off itself, as table/dynamo does.
func HTTP() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = toConnect }).
		WithTransportOptions(func(t *http.Transport) {
			t.TLSHandshakeTimeout = toConnect
			t.ResponseHeaderTimeout = toAnswer
		})
}
