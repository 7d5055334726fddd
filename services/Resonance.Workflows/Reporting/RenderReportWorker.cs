using System.Globalization;
using Resonance.Contracts.Reporting;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;
using Resonance.Workflows.Reporting.Html;

namespace Resonance.Workflows.Reporting;

/// <summary>Writes a report down and keeps it, in the transaction in which its reply is kept.</summary>
sealed class RenderReportWorker(WorkerEffects effects, TimeProvider time) : ActivityWorker<RenderReport, ReportRendered>(effects)
{
    protected override async Task<WorkerResult<ReportRendered>> ExecuteAsync(
        RenderReport command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (mediaType, body) = command.Format == ReportFormats.Csv
            ? (CsvReport.MediaType, CsvReport.Render(command))
            : (HtmlReport.MediaType, HtmlReport.Render(command, now));
        var document = new Document
        {
            Id = command.ReportId,
            WorkflowId = command.WorkflowId,
            Name = NameOf(command),
            MediaType = mediaType,
            Body = body,
            CreatedAt = now,
        };
        if (!await Documents.AddAsync(transaction.Connection, transaction.Transaction, document, cancellationToken))
            return WorkerResult.Refused("document_exists", $"There is a document with the id {command.ReportId} already.");

        return new ReportRendered
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            Name = document.Name,
            MediaType = mediaType,
            Size = body.Length,
        };
    }

    static string NameOf(RenderReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Kind}-{report.From.UtcDateTime:yyyyMMdd'T'HHmm'Z'}-{report.To.UtcDateTime:yyyyMMdd'T'HHmm'Z'}.{report.Format}");
}
