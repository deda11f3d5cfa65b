namespace Matching.Api.Changes;

/// <summary>How streams are kept up.</summary>
public sealed record ChangeSettings
{
    /// <summary>How often a stream says that it is there, and asks whether its caller still is.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(15);
}
