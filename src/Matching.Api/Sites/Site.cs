using Matching.Geography;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <summary>A site as the rows have it.</summary>
public sealed record Site
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public SiteKind Kind { get; init; }

    /// <summary>Null for a center.</summary>
    public Id? ParentId { get; init; }

    /// <summary>The tenant; a center's own id.</summary>
    public Id CenterId { get; init; }

    /// <summary>The ids of the sites from the center down to this one, each followed by a slash, after a first slash.</summary>
    public string Path { get; init; } = "";

    public string Name { get; init; } = "";

    public double Lat { get; init; }

    public double Lng { get; init; }

    public double AccuracyM { get; init; }

    /// <summary>How far its service reaches, in metres.</summary>
    public int RadiusM { get; init; }

    /// <summary>IANA name; of a center only.</summary>
    public string? TimeZone { get; init; }

    public string? ResponsibleName { get; init; }

    public string? ResponsiblePhoneSealed { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public Place Place => new(Lat, Lng, AccuracyM);

    public bool IsOpen => ClosedAt is null;

    /// <summary>A center, institute or station; bases and points never own orders.</summary>
    public bool OwnsOrders => Kind.OwnsOrders();
}
