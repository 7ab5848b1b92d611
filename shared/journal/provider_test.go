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
