using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Api.Residents;

/// <summary>A resident as the rows have it, without the care tags.</summary>
public sealed record Resident
{
    public Id Id { get; init; }

    public int Version { get; init; }

    /// <summary>Null for who has no phone of her own; others ask for her.</summary>
    public Id? AccountId { get; init; }

    public Id CenterId { get; init; }

    public Id SiteId { get; init; }

    /// <summary>The path of the site.</summary>
    public string Path { get; init; } = "";

    public string Name { get; init; } = "";

    public string NameSort { get; init; } = "";

    public Gender? Gender { get; init; }

    public int? BirthYear { get; init; }

    /// <summary>Language tags, joined by commas.</summary>
    public string Languages { get; init; } = "";

    public string? PhoneSealed { get; init; }

    public string? AddressSealed { get; init; }

    public double? Lat { get; init; }

    public double? Lng { get; init; }

    public double? AccuracyM { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ForgottenAt { get; init; }

    /// <summary>Null when none was given; the site's place stands in for it.</summary>
    public Place? Place => Lat is { } lat && Lng is { } lng ? new Place(lat, lng, AccuracyM ?? 0) : null;
}
