using System.Data.Common;
using System.Diagnostics;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Verification;

namespace Resonance.Host;

/// <summary>Verifies journal, ledger and checkpoints, without starting anything.</summary>
static class VerifyVerb
{
    const int AllAgrees = 0;
    const int Disagreement = 1;
    const int NotVerified = 2;

    const string Workflow = "--workflow";
    const string Checkpoint = "--checkpoint";

    static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (request, settings, complaint) = Parse(args);
        if (complaint is not null)
        {
            Console.Error.WriteLine(complaint);
            return NotVerified;
        }

        await using var app = ResonanceHost.Build(settings);
        try
        {
            return await VerifyAsync(app.Services, request, cancellationToken);
        }
        catch (Exception away) when (away is DbException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Nothing was verified: {away.Message}");
            return NotVerified;
        }
    }

    /// <summary>Takes the verb's own arguments out; what is left is configuration.</summary>
    internal static (VerificationRequest Request, string[] Settings, string? Complaint) Parse(string[] args)
    {
        var request = new VerificationRequest();
        var (rest, checkpoints) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is not (Workflow or Checkpoint))
            {
                rest.Add(args[i]);
                continue;
            }

            if (i + 1 == args.Length)
                return (request, [], $"{args[i]} needs a value: {Workflow} ID, {Checkpoint} FILE.");

            var value = args[++i];
            if (args[i - 1] == Checkpoint)
            {
                if (!File.Exists(value) && !Directory.Exists(value))
                    return (request, [], $"There is no file or folder '{value}' to read checkpoints from.");
                checkpoints.Add(value);
            }
            else if (Guid.TryParse(value, out var id))
            {
                request = request with { WorkflowId = id };
            }
            else
            {
                return (request, [], $"'{value}' is not the id of a workflow instance, e.g. 0190abcd-0000-7000-8000-000000000001.");
            }
        }

        return (request with { Checkpoints = checkpoints }, [.. rest], null);
    }

    static async Task<int> VerifyAsync(IServiceProvider services, VerificationRequest request, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<CheckpointKeys>().IsEmpty && await HasCheckpointsAsync(services, request, cancellationToken))
        {
            Console.Error.WriteLine(
                "There are checkpoints, and no key to check them with: neither Audit:KeyFile exists here, nor does Audit:VerifierKeys name one. " +
                "Add --Audit:VerifierKeys:0 with the key that GET /api/audit/key answered when you first asked.");
            return NotVerified;
        }

        var verifier = services.GetRequiredService<LedgerVerifier>();
        var clock = services.GetRequiredService<TimeProvider>();
        var started = Stopwatch.GetTimestamp();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellAsync(verifier.Progress, clock, done.Token);
        try
        {
            var result = await verifier.VerifyAsync(request, Write, cancellationToken);
            var verdict = result.Findings == 0 ? "everything agrees" : $"{result.Findings:N0} findings";
            Console.WriteLine(
                $"Verified {result.Rows:N0} steps of {result.Instances:N0} instances, {result.Leaves:N0} leaves of the ledger and " +
                $"{result.Checkpoints:N0} checkpoints in {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s: {verdict}.");
            return result.Findings == 0 ? AllAgrees : Disagreement;
        }
        finally
        {
            await done.CancelAsync();
            await telling;
        }
    }

    static async Task<bool> HasCheckpointsAsync(IServiceProvider services, VerificationRequest request, CancellationToken cancellationToken) =>
        request.Checkpoints.Count > 0
        || CheckpointExport.FilesOf(services.GetRequiredService<CheckpointExport>().Folder).Any()
        || await services.GetRequiredService<LedgerProofs>().FindNewestAsync(cancellationToken) is not null;

    static void Write(VerificationFinding finding)
    {
        var place = finding.WorkflowId is null ? "" : finding.Sequence is null ? $" {finding.WorkflowId}" : $" {finding.WorkflowId}/{finding.Sequence}";
        Console.WriteLine($"{finding.Kind}{place}: {finding.Detail}");
    }

    static async Task TellAsync(VerificationProgress progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        var (what, before) = ("", 0L);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var (now, done, total) = (progress.What, progress.Done, progress.Total);
                var perSecond = now == what ? done - before : done;
                var share = total == 0 ? "" : $", {(double)done / total:P0}";
                Console.Error.WriteLine($"{done:N0} {now}, {perSecond:N0}/s{share}");
                (what, before) = (now, done);
            }
        }
        catch (OperationCanceledException)
        {
            // It is done.
        }
    }
}
