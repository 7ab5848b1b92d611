package consolefn_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A task is asked of another team on the ticket's page, has a page with nothing of the
// customer's to answer, and its end stands in the ticket.
func TestTask(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("1", "hello")
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=zh-CN"), "请其他小组协助")
	require.Contains(t, w.page("/console/tickets/"+id.Number()), `name="team"><option value="repairs">`, "another team first")
	require.Equal(t, http.StatusSeeOther, w.post(id, "tasks", "team", "repairs", "text", "Is it under guarantee?", "wait", "1").StatusCode)
	require.Len(t, w.ticket(id).Tasks, 1)
	task := w.ticket(id).Tasks[0]
	page := w.page("/console/tickets/" + id.Number() + "?lang=en")
	require.Contains(t, page, `Opened task <a class="number" href="/console/tickets/`+task.Number()+`">`+task.Number()+"</a> for Repairs")
	require.Contains(t, page, `<a href="/console/tickets/`+task.Number()+`">Is it under guarantee?</a>`)
	page = w.page("/console/customers/" + string(w.ticket(id).Customer) + "?lang=en")
	require.Contains(t, page, task.Number()+`</span> <span class="badge">Task</span>`)
	require.NotContains(t, regexpFind(t, page, `(?s)<h2>Open tickets</h2>(.*?)</ul>`), task.Number(), "it is no ticket of the customer's")
	page = w.page("/console/tickets/" + task.Number() + "?lang=zh-CN")
	require.Contains(t, page, "客户看不到这里的内容")
	require.NotContains(t, page, `id="reply"`)
	require.Contains(t, page, `id="note"`)
	require.Contains(t, body(t, w.press(task, "spam")), "任务不能标为垃圾信息")
	require.Equal(t, http.StatusSeeOther, w.press(task, "status", "status", "resolved").StatusCode)
	require.Equal(t, desk.StatusOpen, w.ticket(id).Status)
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=zh-CN"), task.Number()+"</a> 已完成")
}
