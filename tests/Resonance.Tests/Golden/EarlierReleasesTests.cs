using System.Text;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Golden;

/// <summary>This build goes on with the instances and the messages of every release that there ever was.</summary>
public sealed class EarlierReleasesTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Releases => [.. GoldenReleases.All];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Every_step_that_a_release_took_this_build_takes_as_well(string release)
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var catalog = harness.Services.GetRequiredService<WorkflowCatalog>();
        var wrong = new List<string>();
        foreach (var recorded in GoldenReleases.Read(release))
        {
            var golden = recorded.Of(NewId.NextGuid());
            var row = Row(golden);
            if (catalog.Find(golden.Type)!.WhyStranded(row) is { } why)
            {
                wrong.Add($"{golden}: {why}");
                continue;
            }

            await InsertAsync(harness, row);
            await SendAsync(harness, golden);
            var step = await harness.UntilAsync(golden.Id, step => step.Journal.Sequence == row.Version + 1, whole: false);
            var rejected = JournalEntry.ReadAll(step.Journal.Entries).OfType<EventRejected>().FirstOrDefault()?.Event;
            if ((step.Workflow.State, rejected) != (golden.To, golden.Rejected))
                wrong.Add($"{golden}: now leads to {step.Workflow.State}{(rejected is null ? "" : $", rejecting {rejected}")}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void There_is_a_release() => Assert.NotEmpty(GoldenReleases.All);

    static WorkflowRow Row(GoldenStep golden) => new()
    {
        Id = golden.Id,
        Type = golden.Type,
        Key = $"GOLDEN-{golden.Id:N}",
        State = golden.From,
        Status = golden.Status,
        Version = 7,
        Data = golden.Data.ToJsonString(),
        DefinitionHash = "of an earlier release",
        Priority = 0,
        StartedAt = DateTimeOffset.UnixEpoch.AddYears(56),
        UpdatedAt = DateTimeOffset.UnixEpoch.AddYears(56),
        HeadHash = ChainHash.Origin,
    };

    static async Task SendAsync(WorkflowHarness harness, GoldenStep golden)
    {
        var contract = typeof(SubmitOrder).Assembly.GetType(golden.Contract)!;
        var read = ContractReader.Read(contract, Encoding.UTF8.GetBytes(golden.Message.ToJsonString()));
        Assert.True(read.Message is not null, $"{golden}: {string.Join(' ', read.Errors.SelectMany(error => error.Value))}");
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{golden.Type}"));
        await endpoint.Send(read.Message, contract, Cancellation);
    }

    static Task<int> InsertAsync(WorkflowHarness harness, WorkflowRow row) => harness.Services.GetRequiredService<IDatabase>().TransactAsync(
        async (connection, transaction, cancellationToken) =>
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText =
                """
                INSERT INTO workflow (id, type, key, state, status, version, data, definition_hash, priority, started_at, updated_at, head_hash)
                VALUES (@id, @type, @key, @state, @status, @version, @data, @hash, 0, @at, @at, zeroblob(32))
                """;
            foreach (var (name, value) in new (string, object)[]
                     {
                         ("@id", row.Id.ToString("D")), ("@type", row.Type), ("@key", row.Key), ("@state", row.State), ("@status", row.Status),
                         ("@version", row.Version), ("@data", row.Data), ("@hash", row.DefinitionHash), ("@at", row.StartedAt.ToUnixTimeMilliseconds() * 1000),
                     })
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        Cancellation);
}
