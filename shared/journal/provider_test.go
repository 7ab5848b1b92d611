package journal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// An agent reads what a provider's code means, and the code, to look up or to quote.
func TestProviderCodesHaveWords(t *testing.T) {
	for code, w := range providerCodes {
		require.True(t, chinese(w.zh), code)
		require.False(t, chinese(w.en), code)
	}
	require.Equal(t, "the provider says that it did not arrive (30007 filtered by the carrier as unwanted)", Why("provider.failed 30007", "en"))
	require.Equal(t, "平台报告未送达（30007 被运营商当作垃圾短信过滤）", Why("provider.failed 30007", "zh-CN"))
	require.Contains(t, Why("provider.failed 39999", "en"), "39999")
	d := desk.Decision{Code: "mail.unproven", Args: map[string]string{"why": "DMARC failed"}}
	require.Equal(t, "发件人未经验证，可能是冒用：DMARC 校验未通过", Words(d, "zh-CN"))
}

// What a sender says of a refusal is read in Chinese, too, with the provider's code.
func TestRefusalsHaveChineseWords(t *testing.T) {
	const why = "the customer has not written for 48 hours (rid 5f1a-1-2) (45015)"
	require.Equal(t, why, Why(why, "en"))
	require.Equal(t, "客户 48 小时内没有来信，微信不允许回复（45015）", Why(why, "zh-CN"))
	require.Equal(t, "消息发送失败：微信系统繁忙，稍后自动重试（-1）", Words(desk.Decision{Code: "send.failed", Args: map[string]string{"why": "Tencent's system is busy (-1)"}}, "zh-CN"))
	require.Equal(t, "something new (99999)", Why("something new (99999)", "zh-CN"))
}

// Why something lies in the quarantine stands without the wrapping of Go's errors.
func TestUnapplied(t *testing.T) {
	const why = "channel: unreadable: review.rating should be from 1 to 5"
	require.Equal(t, "review.rating should be from 1 to 5", Unapplied(why, "en"))
	require.Equal(t, "review.rating 应在 1 到 5 之间", Unapplied(why, "zh-CN"))
	require.Equal(t, "配置里已没有邮件账号“help”", Unapplied(`channel: unreadable: there is no e-mail account "help" any more`, "zh-CN"))
	require.Equal(t, "something new", Unapplied("something new", "zh-CN"))
}
