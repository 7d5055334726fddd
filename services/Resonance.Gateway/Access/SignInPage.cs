using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Resonance.Gateway.Access;

/// <summary>A page without scripts, so that nothing but a browser is needed to sign in.</summary>
static class SignInPage
{
    const string Head =
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sign in · Resonance</title>
        <style>
        :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
        main { box-sizing: border-box; width: min(26rem, 100vw); padding: 2rem; }
        h1 { font-size: 1.5rem; margin: 0 0 1.5rem; }
        label { display: block; margin-bottom: .25rem; }
        input, button, a.button { box-sizing: border-box; width: 100%; padding: .7rem; font: inherit; border-radius: .4rem; border: 1px solid GrayText; }
        button, a.button { display: block; margin-top: 1rem; cursor: pointer; text-align: center; text-decoration: none; color: inherit; }
        button.main { background: #3949ab; border-color: #3949ab; color: #fff; }
        .complaint { border-left: .25rem solid #c62828; padding-left: .75rem; }
        </style>
        </head>
        <body>
        <main>
        <h1>Resonance</h1>
        """;

    public static string Write(
        Actor? actor, string? complaint, (string Name, string Value) token, PathString root, string returnTo, bool hasProvider)
    {
        var page = new StringBuilder(Head);
        if (complaint is not null)
            page.Append($"<p class=\"complaint\" role=\"alert\">{Text(complaint)}</p>");

        var field = $"<input type=\"hidden\" name=\"{Text(token.Name)}\" value=\"{Text(token.Value)}\">";
        var back = returnTo == "~/" ? "" : $"?{SignInEndpoints.ReturnParameter}={Uri.EscapeDataString(returnTo)}";
        if (actor is { IsNamed: true })
        {
            var role = actor.Role is { } given ? $"with the role {RoleNames.Of(given)}" : "and have no role here; ask an administrator for one";
            page.Append($"<p>You are signed in as <strong>{Text(actor.Name)}</strong> {role}.</p>")
                .Append($"<form method=\"post\" action=\"{Text(root)}/sign-out\">{field}<button>Sign out</button></form>")
                .Append($"<a class=\"button\" href=\"{Text(root)}/\">Go to the dashboard</a>");
        }
        else
        {
            if (hasProvider)
                page.Append($"<a class=\"button\" href=\"{Text(root)}{SignInEndpoints.Address}/provider{Text(back)}\">Sign in with your organisation</a><p>or</p>");
            page.Append($"<form method=\"post\" action=\"{Text(root)}{SignInEndpoints.Address}{Text(back)}\">{field}")
                .Append("<label for=\"key\">API key</label>")
                .Append("<input id=\"key\" name=\"key\" type=\"password\" autocomplete=\"current-password\" required autofocus>")
                .Append("<button class=\"main\">Sign in</button></form>");
        }

        return page.Append("</main></body></html>").ToString();
    }

    static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
