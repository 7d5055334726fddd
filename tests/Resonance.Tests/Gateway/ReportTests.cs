using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Gateway;

public sealed class ReportTests : GatewayFixture
{
    [Fact]
    public async Task A_page_is_shown_in_the_browser_and_can_do_nothing_there()
    {
        await KeepAsync(Id(1), "workflows.html", "text/html; charset=utf-8", "<p>größer</p>");

        using var response = await Http.GetAsync($"/api/reports/{Id(1)}", Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("<p>größer</p>", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("inline", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("workflows.html", response.Content.Headers.ContentDisposition?.FileName);
        Assert.StartsWith(
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:;", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task A_table_is_what_it_says_it_is()
    {
        await KeepAsync(Id(1), "order.csv", "text/csv; charset=utf-8; header=present", "workflow\r\n");

        using var response = await Http.GetAsync($"/api/reports/{Id(1)}", Cancel);

        Assert.Equal("text/csv; charset=utf-8; header=present", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("workflow\r\n", await response.Content.ReadAsStringAsync(Cancel));
        Assert.StartsWith("default-src 'none'; script-src 'self';", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task Whoever_has_it_already_is_told_so()
    {
        await KeepAsync(Id(1), "order.csv", "text/csv", "workflow");
        await KeepAsync(Id(2), "order.csv", "text/csv", "another");
        using var first = await Http.GetAsync($"/api/reports/{Id(1)}", Cancel);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);

        using var same = await AskAsync(Id(1), tag.ToString());
        using var other = await AskAsync(Id(2), tag.ToString());

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(tag, same.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task While_its_workflow_runs_the_state_is_told()
    {
        await Rows.AddWorkflowAsync(Id(1), Cancel, type: "reporting", key: "REPORTING-7", state: "AwaitingFigures");

        var problem = await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/reports/{Id(1)}", Cancel));

        Assert.Equal(
            $"There is no report with the id {Id(1)} yet: REPORTING-7 is in AWAITING_FIGURES.", problem.GetProperty("detail").GetString());
        Assert.Equal("AWAITING_FIGURES", problem.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("""{"$engine":{"reason":"nothing happened in the period."}}""", ": nothing happened in the period.")]
    [InlineData("""{"$engine":{}}""", ".")]
    [InlineData("""{}""", ".")]
    public async Task When_its_workflow_failed_the_reason_is_told(string data, string reason)
    {
        await Rows.AddWorkflowAsync(
            Id(1), Cancel, type: "reporting", key: "REPORTING-7", state: "Failed", status: WorkflowStatus.Failed, data: data, finished: true);

        var problem = await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync($"/api/reports/{Id(1)}", Cancel));

        Assert.Equal(
            $"There is no report with the id {Id(1)}, and there will be none: REPORTING-7 ended in FAILED{reason}",
            problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/api/reports/0190abcd-0000-7000-8000-000000000009", "There is no report with the id 0190abcd-0000-7000-8000-000000000009, and no workflow instance that would make it.")]
    [InlineData("/api/reports/REPORTING-7", null)]
    public async Task What_nobody_asked_for_is_not_there(string address, string? detail)
    {
        var problem = await ProblemAsync(HttpStatusCode.NotFound, Http.GetAsync(address, Cancel));

        if (detail is not null)
            Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    Task<HttpResponseMessage> AskAsync(Guid id, string tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/reports/{id}");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return Http.SendAsync(request, Cancel);
    }

    Task KeepAsync(Guid id, string name, string mediaType, string body) => Services.GetRequiredService<IDatabase>().TransactAsync(
        (connection, transaction, token) => Documents.AddAsync(
            connection,
            transaction,
            new Document
            {
                Id = id,
                WorkflowId = id,
                Name = name,
                MediaType = mediaType,
                Body = Encoding.UTF8.GetBytes(body),
                CreatedAt = Engine.Storage.Queries.StoredRows.Epoch,
            },
            token),
        Cancel);
}
