using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Resonance.Gateway.Access;

/// <summary>How much one caller may ask, and how large a request may be.</summary>
static class RequestLimits
{
    const int BurstsDefault = 4;

    public static void Add(IServiceCollection services, LimitOptions limits) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => PartitionOf(context, limits));
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = RejectAsync;
    });

    /// <summary>Has the server itself refuse what is larger, before it is read into memory.</summary>
    public static void HoldBodies(HttpContext context, LimitOptions limits)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = limits.BodyBytes;
    }

    static RateLimitPartition<string> PartitionOf(HttpContext context, LimitOptions limits)
    {
        var caller = Actor.Of(context.User);
        if ((caller is { IsNamed: false } && limits.PerSecond is null) || IsFree(context))
            return RateLimitPartition.GetNoLimiter("free");

        var perSecond = limits.PerSecond ?? LimitOptions.PerSecondDefault;
        var burst = limits.Burst ?? (int)Math.Min(1_000_000L, (long)BurstsDefault * perSecond);
        var who = caller is { IsNamed: true }
            ? $"{context.User.Identity!.AuthenticationType}/{caller.Name}"
            : $"address/{context.Connection.RemoteIpAddress}";
        return RateLimitPartition.GetTokenBucketLimiter(who, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }

    /// <summary>Health checks and the files of the dashboard cost next to nothing.</summary>
    static bool IsFree(HttpContext context) => context.GetEndpoint() is not { } endpoint
        || (HttpMethods.IsGet(context.Request.Method) && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.TooMany(seconds).ExecuteAsync(context.HttpContext);
    }
}
