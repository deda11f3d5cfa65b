namespace Matching.Api.Operations;

/// <summary>How long rows are kept that nobody needs for ever. Settings under <c>Retention:</c>.</summary>
public sealed record RetentionSettings
{
    /// <summary>Codes, and the counts of codes and of wrong passwords, since they were last touched. The limits look back a day, so not less than that.</summary>
    public TimeSpan Codes { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Messages, since they were delivered.</summary>
    public TimeSpan Outbox { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What people were told, since it was sent.</summary>
    public TimeSpan Notices { get; init; } = TimeSpan.FromDays(90);

    /// <summary>What was delivered to webhooks or given up, and each try, since it ended.</summary>
    public TimeSpan Deliveries { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan JobRuns { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Who looked at whose data.</summary>
    public TimeSpan Reveals { get; init; } = TimeSpan.FromDays(3 * 365 + 1);
}
