using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <summary>A volunteer as the rows have it, without the lists that hang on it.</summary>
public sealed record Volunteer
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id? AccountId { get; init; }

    public Id CenterId { get; init; }

    /// <summary>The home site.</summary>
    public Id SiteId { get; init; }

    /// <summary>The path of the home site.</summary>
    public string Path { get; init; } = "";

    public VolunteerStatus Status { get; init; }

    public string Name { get; init; } = "";

    public string NameSort { get; init; } = "";

    public Gender Gender { get; init; }

    /// <summary>yyyy-MM-dd.</summary>
    public string? BornOn { get; init; }

    public string? IdNumberSealed { get; init; }

    /// <summary>A clerk has seen the id card.</summary>
    public bool RealName { get; init; }

    public string? PhoneSealed { get; init; }

    /// <summary>Language tags, joined by commas.</summary>
    public string Languages { get; init; } = "";

    /// <summary>The last day insured, yyyy-MM-dd.</summary>
    public string? InsuredUntil { get; init; }

    /// <summary>The adult volunteer who comes along with a minor.</summary>
    public Id? CompanionId { get; init; }

    public int RadiusM { get; init; }

    public int MaxOrdersAWeek { get; init; }

    public int MaxMinutesADay { get; init; }

    public int Asked { get; init; }

    public int Accepted { get; init; }

    public int Came { get; init; }

    public int OnTime { get; init; }

    public int NoShows { get; init; }

    public int RatingSum { get; init; }

    public int RatingCount { get; init; }

    public int Served { get; init; }

    public DateTimeOffset? LastServedAt { get; init; }

    public int VerifiedMinutes { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    public DateTimeOffset? SuspendedUntil { get; init; }
}

/// <summary>Days as the columns hold them.</summary>
public static class Days
{
    public const string Format = "yyyy-MM-dd";

    public static DateOnly Read(string text) => DateOnly.ParseExact(text, Format, System.Globalization.CultureInfo.InvariantCulture);

    public static DateOnly? ReadIfAny(string? text) => text is null ? null : Read(text);

    public static string Write(DateOnly day) => day.ToString(Format, System.Globalization.CultureInfo.InvariantCulture);

    public static string? WriteIfAny(DateOnly? day) => day is { } it ? Write(it) : null;
}
