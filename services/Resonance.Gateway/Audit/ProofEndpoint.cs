using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Resonance.Audit.Checkpoints;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Audit;

/// <summary>Proves by RFC 6962 that a step is in the tree that a checkpoint was signed over.</summary>
sealed record ProofAnswer
{
    /// <summary>The leaf's place in the tree, from 0.</summary>
    public required long LeafIndex { get; init; }

    /// <summary>Leaves that the checkpoint covers.</summary>
    public required long TreeSize { get; init; }

    /// <summary>Hash of the journal row as 64 hexadecimal digits, as the history shows it. Its 32 bytes are the leaf's data.</summary>
    public required string RowHash { get; init; }

    /// <summary>SHA-256 over a zero byte and the row's hash, in base64.</summary>
    public required byte[] LeafHash { get; init; }

    /// <summary>Root of the tree, in base64 as in the checkpoint.</summary>
    public required byte[] RootHash { get; init; }

    /// <summary>The hashes of the path from the leaf up, each in base64.</summary>
    public required IReadOnlyList<byte[]> Hashes { get; init; }

    /// <summary>The signed note (C2SP tlog-checkpoint).</summary>
    public required string Checkpoint { get; init; }

    public static ProofAnswer Of(InclusionProof proof) => new()
    {
        LeafIndex = proof.LeafIndex,
        TreeSize = proof.TreeSize,
        RowHash = Convert.ToHexStringLower(proof.RowHash),
        LeafHash = proof.LeafHash,
        RootHash = proof.RootHash,
        Hashes = proof.Hashes,
        Checkpoint = proof.Checkpoint,
    };
}

/// <summary><c>GET /api/audit/proof/{workflowId}/{sequence}</c>.</summary>
static class ProofEndpoint
{
    const string Json = "application/json";
    const string PlainText = "text/plain";

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/audit/proof/{workflowId:guid}/{sequence:long:min(1)}", GetAsync)
        .RequireRole(Role.Viewer)
        .WithName("GetProof")
        .WithTags("Audit")
        .WithSummary("Proves that a step stands in the audit's ledger")
        .WithDescription(
            "The proof is one of RFC 6962 against the newest checkpoint. With Accept: text/plain it comes in the form of C2SP tlog-proof. A step " +
            "that no checkpoint covers yet is answered with 409: ask again after the next one.")
        .Produces<ProofAnswer>(StatusCodes.Status200OK, Json, PlainText)
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status500InternalServerError);

    static async Task<IResult> GetAsync(
        Guid workflowId, long sequence, [FromServices] LedgerProofs proofs, HttpContext context, CancellationToken cancellationToken)
    {
        var (outcome, proof) = await proofs.ProveAsync(workflowId, sequence, cancellationToken);
        context.Response.Headers.Vary = "Accept";
        return outcome switch
        {
            ProofOutcome.Proven when WantsText(context.Request) => EntityTags.Text(context, proof!.ToText(), PlainText),
            ProofOutcome.Proven => Answer(context, ProofAnswer.Of(proof!)),
            ProofOutcome.NotCovered => Problems.Conflict(
                $"Step {sequence} of the instance {workflowId} is in the ledger, and no checkpoint covers it yet. Ask again in some seconds."),
            ProofOutcome.NotWitnessed => Problems.NotFound(
                $"The ledger has no step {sequence} of an instance with the id {workflowId}. A step is witnessed within seconds of its commit."),
            _ => TypedResults.Problem(
                "The ledger does not agree with its newest checkpoint, so that nothing can be proven: it was changed. Run the host's 'verify' " +
                "command to see where.",
                statusCode: StatusCodes.Status500InternalServerError),
        };
    }

    static IResult Answer(HttpContext context, ProofAnswer answer) => EntityTags.Answer(context, EntityTags.OfContent(answer), answer);

    /// <summary>Whoever does not say that they prefer text gets JSON.</summary>
    static bool WantsText(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality(PlainText) > Quality(Json);

        double Quality(string type) => accepted.Where(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
            .Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
    }
}
