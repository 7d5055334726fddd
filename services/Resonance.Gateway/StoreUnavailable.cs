using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Storage;

namespace Resonance.Gateway;

/// <summary>A store that is away for a moment is no fault of this program: the client is told to come back.</summary>
sealed partial class StoreUnavailable(IWorkflowStore store, ILogger<StoreUnavailable> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsTransient(exception))
            return false;

        LogUnavailable(logger, httpContext.Request.Method, httpContext.Request.Path, exception);
        httpContext.Response.Headers.RetryAfter = "1";
        await TypedResults
            .Problem(
                "The store does not answer at the moment. Send the same request again; nothing happens twice.",
                statusCode: StatusCodes.Status503ServiceUnavailable)
            .ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>EF Core wraps what its driver throws.</summary>
    bool IsTransient(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (store.IsTransient(cause))
                return true;
        }

        return false;
    }

    [LoggerMessage(EventId = 4001, EventName = "StoreUnavailable", Level = LogLevel.Warning,
        Message = "{Method} {Path} was answered with 503: the store does not answer.")]
    static partial void LogUnavailable(ILogger logger, string method, PathString path, Exception exception);
}
