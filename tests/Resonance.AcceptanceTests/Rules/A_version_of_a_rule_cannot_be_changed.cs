using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Rules;

[Collection<OnARunningHost>]
public sealed class A_version_of_a_rule_cannot_be_changed(RunningHost host)
{
    [Theory]
    [InlineData("UPDATE resonance.rule_version SET expression = 'true'")]
    [InlineData("DELETE FROM resonance.rule_version")]
    [InlineData("TRUNCATE resonance.rule_version")]
    public async Task Neither_by_the_role_of_the_application_nor_by_the_owner(string change)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var before = await VersionsAsync(cancellationToken);

        // The owner's statement is stopped by the trigger, also where triggers are off; the application's by its privileges before that.
        var owner = await RefusedAsync(change, cancellationToken);
        var replica = await RefusedAsync($"SET session_replication_role = replica; {change}", cancellationToken);
        var application = await RefusedAsync($"SET LOCAL ROLE resonance_engine; {change}", cancellationToken);

        Assert.All([owner, replica, application], refusal => Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState));
        Assert.Contains("append-only", owner.MessageText, StringComparison.Ordinal);
        Assert.Contains("append-only", replica.MessageText, StringComparison.Ordinal);
        Assert.Contains("permission denied", application.MessageText, StringComparison.Ordinal);
        Assert.Equal((await new RuleApi(host.Process.Client).ListAsync(cancellationToken)).Count, before.Count);
        Assert.Equal(before, await VersionsAsync(cancellationToken));
    }

    Task<PostgresException> RefusedAsync(string sql, CancellationToken cancellationToken) =>
        Assert.ThrowsAsync<PostgresException>(() => host.Database.ScalarAsync<object>(sql, cancellationToken));

    Task<IReadOnlyList<string>> VersionsAsync(CancellationToken cancellationToken) => host.Database.QueryAsync(
        "SELECT rule_version::text FROM resonance.rule_version ORDER BY workflow, name, number",
        reader => reader.GetString(0),
        cancellationToken);
}
