using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Contracts.Orders;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Operations;
using Resonance.Engine.RuleSets;
using Resonance.Engine.Schedules;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway;
using Resonance.Gateway.Access;
using Resonance.Tests.Engine.Storage.Queries;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Gateway;

/// <summary>The gateway in one process: real API and read side, rows that the test writes, a client that answers as it is told.</summary>
public abstract class GatewayFixture : IAsyncLifetime
{
    WebApplication _app = null!;

    internal StoredRows Rows { get; private set; } = null!;

    internal ScriptedStore Store { get; } = new();

    internal List<(string Type, object Start)> Starts { get; } = [];

    internal Func<StartResult> StartAnswers { get; set; } = () => throw new InvalidOperationException("No start was expected.");

    internal List<(Guid Id, OperatorRequest Request)> Acts { get; } = [];

    internal Func<ActionResult> ActAnswers { get; set; } = () => throw new InvalidOperationException("No action was expected.");

    internal List<(Guid Id, string Contract, object Message)> Raises { get; } = [];

    /// <summary>The ids of their messages.</summary>
    internal List<Guid?> RaisedUnder { get; } = [];

    internal Func<RaiseResult> RaiseAnswers { get; set; } = () => throw new InvalidOperationException("No event was expected.");

    internal List<(IncidentFilter Filter, OperatorRequest Request, int PerSecond)> BulkActs { get; } = [];

    protected List<(WorkflowFilter Filter, string List)> ListActs { get; } = [];

    internal PaymentRules PaymentRules { get; } = new();

    /// <summary>Whether a rule can only be published after a what-if.</summary>
    protected virtual bool RequireWhatIf => false;

    /// <summary>Where traces can be seen.</summary>
    protected virtual string? TraceUrl => null;

    /// <summary>Who may come in; everybody on this machine unless a test says otherwise.</summary>
    private protected virtual AccessOptions Access { get; } = new();

    protected virtual TimeProvider Clock => TimeProvider.System;

    private protected IServiceProvider Services => _app.Services;

    protected HttpClient Http { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Development is the harder case: there the framework would show stack traces.</summary>
    protected virtual string EnvironmentName => Environments.Development;

    public async ValueTask InitializeAsync()
    {
        Rows = await StoredRows.CreateAsync(Cancel);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = EnvironmentName });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(new WorkflowCatalog([Order, Payment]))
            .AddSingleton(Clock)
            .AddSqliteStore(Rows.Options)
            .AddSingleton<IWorkflowStore>(Store)
            .AddSingleton<StorePatience>()
            .AddSingleton<StartWorkflow>(StartAsync)
            .AddSingleton<ActOnWorkflow>(ActAsync)
            .AddSingleton<ActOnIncidents>(ActOnIncidentsAsync)
            .AddSingleton<ActOnList>(ActOnListAsync)
            .AddSingleton<RaiseEvent>(RaiseAsync)
            .AddSingleton(new ObservabilityOptions { TraceUrl = TraceUrl })
            .AddResonanceGateway(Access);
        builder.Services.AddSingleton(new RuleSetOptions { RequireWhatIf = RequireWhatIf });
        builder.Services.AddRuleSets();
        builder.Services.AddOperations();
        builder.Services.AddSingleton<StartScheduled>(StartAsync).AddSchedules();
        AddServices(builder.Services);
        _app = builder.Build();
        _app.MapResonanceGateway();
        Map(_app);
        await _app.StartAsync(Cancel);
        Http = _app.GetTestClient();
    }

    /// <summary>Adds what only some tests need.</summary>
    private protected virtual void AddServices(IServiceCollection services)
    {
    }

    /// <summary>Maps what only some tests need.</summary>
    private protected virtual void Map(WebApplication app)
    {
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _app.DisposeAsync();
        await Rows.DisposeAsync();
    }

    protected Task<HttpResponseMessage> PostAsync(string address, string json, string contentType = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return Http.PostAsync(address, content, Cancel);
    }

    private protected Task<HttpResponseMessage> PutAsync(string address, string json) =>
        Http.PutAsync(address, new StringContent(json, Encoding.UTF8, "application/json"), Cancel);

    /// <summary>What a request is answered with, which has to be 200.</summary>
    protected static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    protected async Task<JsonElement> GetAsync(string address)
    {
        using var response = await Http.GetAsync(address, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    /// <summary>The items of a list that fits on one page.</summary>
    protected async Task<JsonElement> ItemsAsync(string address)
    {
        var page = await GetAsync(address);
        Assert.Equal(JsonValueKind.Null, page.GetProperty("nextCursor").ValueKind);
        return page.GetProperty("items");
    }

    /// <summary>Every refusal is a problem document that names its status and betrays nothing of the inside.</summary>
    protected static async Task<JsonElement> ProblemAsync(HttpStatusCode status, Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem;
    }

    protected static Guid Id(int number) => Guid.Parse($"0190abcd-0000-7000-8000-{number:x12}");

    Task<StartResult> StartAsync(string type, object start, CancellationToken cancellationToken)
    {
        Starts.Add((type, start));
        return Task.FromResult(StartAnswers());
    }

    Task<ActionResult> ActAsync(Guid id, OperatorRequest request, CancellationToken cancellationToken)
    {
        Acts.Add((id, request));
        return Task.FromResult(ActAnswers());
    }

    Task<RaiseResult> RaiseAsync(Guid id, string contract, object message, Guid? messageId, CancellationToken cancellationToken)
    {
        Raises.Add((id, contract, message));
        RaisedUnder.Add(messageId);
        return Task.FromResult(RaiseAnswers());
    }

    Task<BulkAction> ActOnIncidentsAsync(
        IncidentFilter filter, OperatorRequest request, int perSecond, CancellationToken cancellationToken)
    {
        BulkActs.Add((filter, request, perSecond));
        return Task.FromResult(new BulkAction
        {
            Id = Id(99),
            Filter = filter,
            Request = request,
            PerSecond = perSecond,
            AcceptedAt = StoredRows.Epoch,
            Incidents = 7,
            Refused = 2,
            Refusals = ["SUSPENDED does not allow it."],
        });
    }

    async Task<BulkAction> ActOnListAsync(
        WorkflowFilter filter, string list, OperatorRequest request, int perSecond, CancellationToken cancellationToken)
    {
        ListActs.Add((filter, list));
        return await ActOnIncidentsAsync(new IncidentFilter(), request, perSecond, cancellationToken);
    }

    static WorkflowDescription Order => new()
    {
        Type = "order",
        KeyPrefix = "ORDER",
        StartContract = typeof(SubmitOrder),
        IdOf = start => ((SubmitOrder)start).OrderId,
        KeyOf = start => ((SubmitOrder)start).OrderNumber,
        PriorityOf = start => ((SubmitOrder)start).Priority ?? 0,
        States = ["Pending", "AwaitingPayment", "Completed"],
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = state => state == "Completed" ? WorkflowStatus.Completed : WorkflowStatus.Running,
        Hash = "0a",
        Diagram = "stateDiagram-v2\n    [*] --> Pending",
    };

    internal static WorkflowEvent RefundEvent { get; } = new()
    {
        Contract = typeof(RefundPayment),
        IdOf = message => ((RefundPayment)message).PaymentId,
        IdMember = "paymentId",
    };

    WorkflowDescription Payment => new()
    {
        Type = "payment",
        KeyPrefix = "PAYMENT",
        StartContract = typeof(StartPayment),
        IdOf = start => ((StartPayment)start).PaymentId,
        KeyOf = _ => null,
        PriorityOf = _ => 0,
        States = ["Pending", "ValidateCard"],
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = state => state == "Completed" ? WorkflowStatus.Completed : WorkflowStatus.Running,
        Events = [RefundEvent],
        Rules = [PaymentRules.FraudReview, PaymentRules.FraudScore],
        Hash = "0b",
        Diagram = "stateDiagram-v2\n    [*] --> Pending",
    };
}
