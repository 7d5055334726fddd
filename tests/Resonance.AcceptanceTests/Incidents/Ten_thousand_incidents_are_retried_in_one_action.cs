using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Incidents;

public sealed class Ten_thousand_incidents_are_retried_in_one_action(Servers servers)
{
    const int Count = 10_000;

    [Fact]
    public async Task And_every_one_of_them_asks_its_worker_once_more()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        var settings = HostSettings.OnServers(database, broker)
            .With("Workflows__CardProvider", "00:00:00.3").With("Workflows__CardRetry", "00:00:00.1").With("Resonance__Trail", "false");
        await SuspendAsync(settings, database, cancellationToken);

        // The workers are away, so that what they are asked can be counted.
        await using var host = await HostProcess.StartAsync(
            settings.With("Workflows__CardProvider", "01:00:00").With("Resonance__Roles", "engine,audit,gateway"), cancellationToken);

        var groups = (await host.Client.GetFromJsonAsync<JsonNode>("api/incidents/groups", cancellationToken))!["items"]!.AsArray();
        var accepted = await PostAsync(
            host, "retry", """{ "fingerprint": "payment/AssessCard/timeout", "reason": "the provider is back", "operator": "ann", "perSecond": 1000 }""",
            cancellationToken);
        await Eventually.SeeAsync(
            async token => (await broker.QueuesAsync(token)).Where(queue => queue.Name == "card-provider").Sum(queue => queue.Ready),
            asked => asked == Count, cancellationToken, TimeSpan.FromMinutes(5));
        var progress = await host.Client.GetFromJsonAsync<JsonNode>($"api/incidents/actions/{accepted["id"]}", cancellationToken);

        Assert.Equal(("payment/AssessCard/timeout", Count), ((string?)groups[0]!["fingerprint"], (int)groups[0]!["count"]!));
        Assert.Equal((Count, 0), ((int)accepted["incidents"]!, (int)accepted["refused"]!));
        Assert.Equal((Count, "ann"), ((int)progress!["asked"]!, (string?)progress["operator"]));
        Assert.Equal(
            Count,
            await database.ScalarAsync<long>(
                "SELECT count(*) FROM resonance.journal WHERE entries @> '[{\"kind\":\"operatorAction\",\"action\":\"retry\",\"operator\":\"ann\"}]'",
                cancellationToken));
        Assert.Equal(
            Count,
            await database.ScalarAsync<long>(
                "SELECT count(*) FROM resonance.workflow WHERE status = 'running' AND state = 'ValidateCard'", cancellationToken));
    }

    static async Task<JsonNode> PostAsync(HostProcess host, string action, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await host.Client.PostAsync($"api/incidents/actions/{action}", content, cancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
    }

    /// <summary>Has one payment suspended as it really happens, and stores as many like it as are wanted, each with a chain of its own.</summary>
    static async Task SuspendAsync(HostSettings settings, TestDatabase database, CancellationToken cancellationToken)
    {
        var payment = new PaymentForm { CardToken = "tok_timeout" };
        await using (var host = await HostProcess.StartAsync(settings, cancellationToken))
        {
            var api = new WorkflowApi(host.Client);
            await api.StartAsync(payment, cancellationToken);
            await api.SeeAsync(payment.PaymentId, "SUSPENDED", cancellationToken, TimeSpan.FromSeconds(90));
            await host.StopAsync(cancellationToken);
        }

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var (row, steps) = await ReadAsync(connection, payment.PaymentId, cancellationToken);
        await using var writer = await connection.BeginBinaryImportAsync(
            "COPY resonance.journal (workflow_id, sequence, message_id, event, from_state, to_state, entries, data, occurred_at, previous_hash, hash) " +
            "FROM STDIN (FORMAT BINARY)", cancellationToken);
        var heads = new Dictionary<Guid, byte[]>();
        for (var number = 1; number < Count; number++)
        {
            var id = NewId.NextGuid();
            var previous = ChainHash.Origin;
            foreach (var step in steps)
            {
                var copy = step with { WorkflowId = id, PreviousHash = previous, TraceParent = null };
                copy = copy with { Hash = ChainHash.Compute(copy) };
                await WriteAsync(writer, copy, cancellationToken);
                previous = copy.Hash;
            }

            heads.Add(id, previous);
        }

        await writer.CompleteAsync(cancellationToken);
        await writer.DisposeAsync();
        await CopyInstancesAsync(connection, row, heads, cancellationToken);
    }

    static async Task<(WorkflowRow Row, IReadOnlyList<JournalRow> Steps)> ReadAsync(
        NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        var steps = new List<JournalRow>();
        await using var command = new NpgsqlCommand(
            "SELECT sequence, message_id, event, from_state, to_state, entries, data, occurred_at FROM resonance.journal WHERE workflow_id = $1 ORDER BY 1",
            connection)
        { Parameters = { new() { Value = id } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            steps.Add(new JournalRow
            {
                WorkflowId = id,
                Sequence = reader.GetInt64(0),
                MessageId = reader.GetGuid(1),
                Event = reader.GetString(2),
                From = reader.GetString(3),
                To = reader.GetString(4),
                Entries = reader.GetString(5),
                Data = reader.GetString(6),
                OccurredAt = reader.GetFieldValue<DateTimeOffset>(7),
                PreviousHash = [],
                Hash = [],
            });
        }

        var last = steps[^1];
        return (
            new WorkflowRow
            {
                Id = id,
                Type = "payment",
                Key = "",
                State = last.To,
                Status = "suspended",
                Version = last.Sequence,
                Data = last.Data,
                DefinitionHash = "",
                Priority = 0,
                StartedAt = steps[0].OccurredAt,
                UpdatedAt = last.OccurredAt,
                HeadHash = [],
            },
            steps);
    }

    static async Task WriteAsync(NpgsqlBinaryImporter writer, JournalRow row, CancellationToken cancellationToken)
    {
        await writer.StartRowAsync(cancellationToken);
        await writer.WriteAsync(row.WorkflowId, cancellationToken);
        await writer.WriteAsync(row.Sequence, cancellationToken);
        await writer.WriteAsync(row.MessageId, cancellationToken);
        await writer.WriteAsync(row.Event, cancellationToken);
        await writer.WriteAsync(row.From, cancellationToken);
        await writer.WriteAsync(row.To, cancellationToken);
        await writer.WriteAsync(row.Entries, NpgsqlTypes.NpgsqlDbType.Jsonb, cancellationToken);
        await writer.WriteAsync(row.Data, NpgsqlTypes.NpgsqlDbType.Jsonb, cancellationToken);
        await writer.WriteAsync(row.OccurredAt, cancellationToken);
        await writer.WriteAsync(row.PreviousHash, cancellationToken);
        await writer.WriteAsync(row.Hash, cancellationToken);
    }

    static async Task CopyInstancesAsync(
        NpgsqlConnection connection, WorkflowRow row, Dictionary<Guid, byte[]> heads, CancellationToken cancellationToken)
    {
        // The key of the card's assessment names the instance, so that each has an effect of its own at the provider.
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO resonance.workflow (id, type, key, state, status, version, data, definition_hash, priority, started_at, updated_at, head_hash)
            SELECT copy.id, source.type, 'COPY-' || copy.id, source.state, source.status, source.version,
                   replace(source.data::text, replace(source.id::text, '-', ''), replace(copy.id::text, '-', ''))::jsonb,
                   source.definition_hash, source.priority, source.started_at, source.updated_at, copy.head
            FROM resonance.workflow source, unnest($2, $3) AS copy (id, head) WHERE source.id = $1
            """,
            connection)
        {
            Parameters = { new() { Value = row.Id }, new() { Value = heads.Keys.ToArray() }, new() { Value = heads.Values.ToArray() } },
        };
        Assert.Equal(Count - 1, await command.ExecuteNonQueryAsync(cancellationToken));
    }
}
