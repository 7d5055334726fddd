using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Resonance.Audit.Checkpoints;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Audit;

/// <summary>The audit's checkpoints, <c>GET /api/audit/checkpoints/...</c>, and the key that they are signed with.</summary>
static class CheckpointEndpoints
{
    const string PlainText = "text/plain";

    const string NoneYet = "No checkpoint was signed yet: the audit signs the first one when a step was witnessed.";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/audit/checkpoints/latest", GetNewestAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetLatestCheckpoint")
            .WithTags("Audit")
            .WithSummary("Shows the newest checkpoint")
            .WithDescription("A signed note in the form of C2SP tlog-checkpoint. Keep it: the ledger must extend it for ever.")
            .Produces<string>(StatusCodes.Status200OK, PlainText)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/audit/checkpoints/{size:long:min(1)}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetCheckpoint")
            .WithTags("Audit")
            .WithSummary("Shows the checkpoint over so many steps")
            .Produces<string>(StatusCodes.Status200OK, PlainText)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/audit/key", GetKeyAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetAuditKey")
            .WithTags("Audit")
            .WithSummary("Shows the verifier key of the newest checkpoint")
            .WithDescription(
                "Written name+hash+base64 as in C2SP signed-note. Take it once over a way that you trust, and keep it: whoever can change the " +
                "database can change this answer.")
            .Produces<string>(StatusCodes.Status200OK, PlainText)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> GetNewestAsync(HttpContext context, [FromServices] LedgerProofs proofs, CancellationToken cancellationToken) =>
        await proofs.FindNewestAsync(cancellationToken) is { } checkpoint ? Text(context, checkpoint.Note) : Problems.NotFound(NoneYet);

    static async Task<IResult> GetAsync(long size, HttpContext context, [FromServices] LedgerProofs proofs, CancellationToken cancellationToken) =>
        await proofs.FindAsync(size, cancellationToken) is { } checkpoint
            ? Text(context, checkpoint.Note)
            : Problems.NotFound($"No checkpoint was signed over {size} steps.");

    static async Task<IResult> GetKeyAsync(HttpContext context, [FromServices] LedgerProofs proofs, CancellationToken cancellationToken) =>
        await proofs.FindNewestAsync(cancellationToken) is { } checkpoint ? Text(context, $"{checkpoint.VerifierKey}\n") : Problems.NotFound(NoneYet);

    static IResult Text(HttpContext context, string text) => EntityTags.Text(context, text, PlainText);
}
