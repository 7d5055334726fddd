using System.CommandLine;
using Resonance.Cli.Api;
using Resonance.Cli.Output;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>API keys.</summary>
static class KeyCommands
{
    static readonly string[] Roles = ["viewer", "operator", "admin"];

    public static Command Create(Tool tool) => Tool.Group(
        "keys", "Lists, makes and revokes API keys; needs the role admin.", CreateList(tool), CreateAdd(tool), CreateRevoke(tool));

    static Command CreateList(Tool tool) => tool.Does(new Command("list", "Lists the API keys that there ever were."), async session =>
    {
        var keys = await Pages.ReadAsync(session.Api, () => new Query("api/keys"), most: null);
        return session.Show(keys.ToJson(), screen =>
        {
            var sheet = new Sheet("ID", "NAME", "ROLE", "MADE", "BY", "EXPIRES", "REVOKED");
            foreach (var key in keys.Items)
            {
                sheet.Add(
                    Words.Strong(key.Text("id")), Words.Safe(key.Text("name")), Words.Safe(key.Text("role")), Words.Time(key.Time("createdAt")),
                    Words.Safe(key.Text("createdBy")), Words.Time(key.Time("expiresAt")), Words.Time(key.Time("revokedAt")));
            }

            if (sheet.Rows.Count > 0)
                screen.Show(sheet);
            else
                screen.Say("There is no API key.");
        });
    });

    static Command CreateAdd(Tool tool)
    {
        var name = new Argument<string>("NAME") { HelpName = "NAME", Description = "Who will act with it; the journal has this name." };
        var role = new Option<string>("--role") { Description = "viewer, operator or admin.", HelpName = "ROLE", Required = true };
        role.AcceptOnlyFromAmong(Roles);
        var expires = new Option<int?>("--expires") { Description = "After how many days it is worth nothing; never when left out.", HelpName = "DAYS" };
        return tool.Does(new Command("add", "Makes an API key, and shows its secret once.") { name, role, expires }, async session =>
        {
            var body = Json.Body(("name", session.Value(name)), ("role", session.Value(role)), ("expiresInDays", session.Value(expires)));
            var made = await session.Api.SendAsync(HttpMethod.Post, "api/keys", body);
            return session.Show(made, screen =>
            {
                screen.Say($"Made key {Words.Strong(made.Member("key")?.Text("id"))} for {Words.Safe(session.Value(name))}. Keep its secret now: it cannot be shown again.");
                screen.Raw($"{made.Text("secret")}\n");
            });
        });
    }

    static Command CreateRevoke(Tool tool)
    {
        var id = new Argument<string>("ID") { HelpName = "ID", Description = "The key's id, as 'keys list' shows it." };
        return tool.Does(new Command("revoke", "Makes an API key worth nothing.") { id }, async session =>
        {
            await session.Api.SendAsync(HttpMethod.Delete, $"api/keys/{Query.Part(session.Value(id))}", null);
            return session.Show(
                Json.Body(("revoked", session.Value(id))), screen => screen.Say($"Key {Words.Strong(session.Value(id))} is worth nothing within seconds."));
        });
    }
}
