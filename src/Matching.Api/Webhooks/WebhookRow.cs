using Matching.Partners;

namespace Matching.Api.Webhooks;

/// <summary>Where a webhook stands.</summary>
public enum WebhookState
{
    /// <summary>It is told of what changes.</summary>
    Active,

    /// <summary>Switched off, by its partner or because nobody answered for three days.</summary>
    Disabled,

    /// <summary>Gone; its deliveries stay to be read about.</summary>
    Ended,
}

/// <summary>A webhook as its row has it, with what its partner may do.</summary>
public sealed record WebhookRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id PartnerId { get; init; }

    public string Url { get; init; } = "";

    /// <summary>Joined by commas.</summary>
    public string Types { get; init; } = "";

    public string SecretSealed { get; init; } = "";

    public string? OldSecretSealed { get; init; }

    public DateTimeOffset? OldSecretUntil { get; init; }

    public WebhookState State { get; init; }

    /// <summary>Why it is disabled: partner, dead or gone.</summary>
    public string? DisabledWhy { get; init; }

    public long FeedPlace { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    public string Scopes { get; init; } = "";

    public string PartnerName { get; init; } = "";

    public DateTimeOffset? PartnerEndedAt { get; init; }

    public IReadOnlyList<string> TypesWanted => Types.Split(',');

    /// <summary>It is active, and its partner is there and may be called.</summary>
    public bool IsCalled => State == WebhookState.Active && PartnerEndedAt is null && PartnerScopes.Read(Scopes).Contains(PartnerScope.Webhooks);
}
