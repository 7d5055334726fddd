using System.ComponentModel.DataAnnotations;

namespace Resonance.Workflows;

/// <summary>How long the workflows wait for an answer before they ask again.</summary>
public sealed class WorkflowTimes
{
    /// <summary>One attempt of a worker.</summary>
    /// <value>10 s by default; 100 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Worker { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>One attempt of the card provider; after it the payment goes back to PENDING and is queued again.</summary>
    /// <value>5 s by default; 100 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan CardProvider { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait before the first retry of the card provider; each further one is twice as long.</summary>
    /// <value>2 s by default; 10 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan CardRetry { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A child workflow, before it is asked again how it fares.</summary>
    /// <value>10 min by default; 1 s to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Child { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>One attempt of a notification's channel.</summary>
    /// <value>30 s by default; 100 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Notification { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before the first retry of a notification's channel; each further one is twice as long.</summary>
    /// <value>2 s by default; 10 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan NotificationRetry { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>One attempt to collect the figures of a report's workflow, or to write the report down.</summary>
    /// <value>6 min by default, a minute more than the store may take; 100 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Report { get; set; } = TimeSpan.FromMinutes(6);

    /// <summary>Wait before a report's first retry; the second one is twice as long.</summary>
    /// <value>10 s by default; 10 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan ReportRetry { get; set; } = TimeSpan.FromSeconds(10);
    /// <summary>One attempt to fetch a provider's statement and to compare it with our books.</summary>
    /// <value>15 min by default, enough for a million lines; 1 s to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Statement { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Wait before a statement that does not agree with our books is fetched again for the first time; each of the two further waits is
    /// twice as long.
    /// </summary>
    /// <value>2 s by default; 10 ms to 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan ReconciliationRecovery { get; set; } = TimeSpan.FromSeconds(2);
}
