package receive

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/deskhook/deskhook/shared/channel"
)

// Problem is an answer in RFC 9457's form that says no more than its status does.
func Problem(status int) channel.Response {
	return channel.Response{
		Status: status,
		Header: map[string]string{"content-type": "application/problem+json"},
		Body:   fmt.Appendf(nil, `{"type":"about:blank","title":%q,"status":%d}`, http.StatusText(status), status),
	}
}

// count writes one line that a metric filter counts: no address, no content.
func (h *Handler) count(ctx context.Context, metric, name, why string) {
	level := slog.LevelInfo
	if metric != "received" {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.String("metric", metric), slog.String("channel", name)}
	if why != "" {
		attrs = append(attrs, slog.String("why", why))
	}
	h.Log.LogAttrs(ctx, level, "webhook", attrs...)
}

// fault writes a failure of the desk's own, of which the provider only sees a 500.
func (h *Handler) fault(ctx context.Context, name, why string, err error) {
	h.Log.LogAttrs(ctx, slog.LevelError, "webhook", slog.String("metric", "failed"),
		slog.String("channel", name), slog.String("why", why), slog.String("error", err.Error()))
}
