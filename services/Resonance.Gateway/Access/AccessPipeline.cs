using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Resonance.Gateway.Access;

/// <summary>What every request passes before an endpoint sees it.</summary>
static class AccessPipeline
{
    /// <summary>Comes before whatever answers errors, so that errors have the headers as well.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder pipeline)
    {
        var limits = pipeline.ApplicationServices.GetRequiredService<AccessOptions>().Limits;
        pipeline.Use((context, next) =>
        {
            SecurityHeaders.Add(context);
            RequestLimits.HoldBodies(context, limits);
            return next(context);
        });
    }

    /// <summary>Comes after whatever answers errors: the store may be away when a key is looked up.</summary>
    public static void UseAccess(this IApplicationBuilder pipeline)
    {
        pipeline.UseAuthentication();
        pipeline.UseRateLimiter();
        pipeline.Use(RefuseForgedAsync);
        pipeline.UseAuthorization();
        pipeline.UseAntiforgery();
    }

    /// <summary>A browser sends its cookie along whoever asked it to; the header only our own page can know.</summary>
    static async Task RefuseForgedAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Identity?.AuthenticationType == AccessSchemes.Cookie
            && context.Request.Path.StartsWithSegments("/api")
            && !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
            && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await Problems.BadRequest(
                $"A request that signs in by cookie must have the header {AccessServices.AntiforgeryHeader} with the antiforgeryToken of " +
                "GET /api/session; or send a key in place of the cookie.").ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
