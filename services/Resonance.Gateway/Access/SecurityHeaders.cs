using Microsoft.AspNetCore.Http;

namespace Resonance.Gateway.Access;

/// <summary>Tells browsers what no answer of ours ever needs, so that what slipped into one all the same can do nothing.</summary>
static class SecurityHeaders
{
    // MudBlazor sets styles on its elements, which only a policy with unsafe-inline lets through; scripts are files of ours alone.
    const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
        "connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    // The pages of the API's documentation begin with a script in the page, and show nothing that somebody else wrote.
    const string DocumentationPolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>Adds the headers once the answer is known: an error's page begins with none.</summary>
    public static void Add(HttpContext context) => context.Response.OnStarting(Write, context);

    static Task Write(object state)
    {
        var (request, headers) = (((HttpContext)state).Request, ((HttpContext)state).Response.Headers);

        // An endpoint may know better what its answer needs. A policy that forbids nothing else than frames is the framework's, on its pages.
        if (!headers.ContentSecurityPolicy.ToString().Contains("default-src", StringComparison.Ordinal))
        {
            headers.ContentSecurityPolicy = request.Path.StartsWithSegments("/docs") ? DocumentationPolicy : PagePolicy;
            headers.XFrameOptions = "DENY";
        }

        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (request.IsHttps && !ListenAddresses.IsLoopbackHost(request.Host.Host))
            headers.StrictTransportSecurity = "max-age=31536000";
        if (request.Path.StartsWithSegments("/api"))
        {
            // What one caller was shown another one may not see: the role decides what is masked.
            headers.Append("Vary", "Authorization, Cookie, X-Api-Key");
            if (headers.CacheControl.Count == 0 && headers.ETag.Count == 0)
                headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }
}
