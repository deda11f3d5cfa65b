using System.Collections.Immutable;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>A promised or done service: a seat of an order, its window and place, and the minutes that count towards a day.</summary>
public readonly record struct Booking(Id OrderId, Window Window, Place Place, int Minutes)
{
    /// <summary>Whether one person cannot do both: they overlap, or the way from one to the other takes longer than the time between.</summary>
    public static bool Collide(Window window, Place place, Window otherWindow, Place otherPlace)
    {
        if (window.Overlaps(otherWindow))
        {
            return true;
        }

        var between = window.Start < otherWindow.Start ? otherWindow.Start - window.End : window.Start - otherWindow.End;
        return Travel.Time(place, otherPlace) > between;
    }
}

/// <summary>What somebody did with what they were asked. Offers still open, withdrawn or too late are in none of the counts.</summary>
/// <param name="Asked">Offers accepted, declined or let lapse.</param>
/// <param name="Accepted">Of these, accepted.</param>
/// <param name="Came">Assignments that were served.</param>
/// <param name="NoShows">Assignments that nobody came to.</param>
/// <param name="OnTime">Of those served, checked in by the start.</param>
public readonly record struct TrackRecord(int Asked, int Accepted, int Came, int NoShows, int OnTime);

/// <summary>How often somebody has served a resident.</summary>
public readonly record struct ServedResident(Id Resident, int Times);

/// <summary>One volunteer as matching sees them at one moment. Holds no name, number or address.</summary>
public sealed record VolunteerFacts
{
    public required Id Id { get; init; }

    /// <summary>The ids of the sites from the root to the home site, each followed by a slash: a subtree is all that starts with its path.</summary>
    public required string HomePath { get; init; }

    public VolunteerStatus Status { get; init; } = VolunteerStatus.Registered;

    /// <summary>The real name was checked against the id number.</summary>
    public bool RealName { get; init; }

    public DateOnly? BirthDate { get; init; }

    /// <summary>A minor with a named adult who comes along.</summary>
    public bool Accompanied { get; init; }

    public Gender? Gender { get; init; }

    /// <summary>Language tags as the center writes them, for example <c>yue</c>.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    /// <summary>The last day insured.</summary>
    public DateOnly? InsuredUntil { get; init; }

    public ImmutableArray<HeldSkill> Skills { get; init; } = [];

    public ImmutableArray<HeldQualification> Qualifications { get; init; } = [];

    /// <summary>Where they set out from: home, work. The nearest counts.</summary>
    public ImmutableArray<Place> Places { get; init; } = [];

    /// <summary>How far they go, in metres; null: anywhere.</summary>
    public double? RadiusM { get; init; }

    public Availability Availability { get; init; } = Availability.Never;

    public Limits Limits { get; init; }

    /// <summary>
    /// Assignments promised or served (not those released, reassigned or missed): all to come, and those of the last
    /// <see cref="SoftFactors.RecentDays"/> days.
    /// </summary>
    public ImmutableArray<Booking> Bookings { get; init; } = [];

    public TrackRecord Record { get; init; }

    /// <summary>Stars given by residents, 1 to 5 each, added up.</summary>
    public int RatingSum { get; init; }

    public int RatingCount { get; init; }

    public DateTimeOffset? LastServedAt { get; init; }

    /// <summary>Residents whom they are paired with.</summary>
    public ImmutableArray<Id> PairedWith { get; init; } = [];

    public ImmutableArray<ServedResident> Served { get; init; } = [];

    /// <summary>Residents who will not have them, or whom they will not go to.</summary>
    public ImmutableArray<Id> Blocked { get; init; } = [];
}
