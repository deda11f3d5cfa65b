using System.Collections.Immutable;
using Matching.Geography;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Engine;

/// <summary>What an order asks of a volunteer, with all that matching must know about it. A value: the same need gives the same answer.</summary>
public sealed record Need
{
    public required Id OrderId { get; init; }

    /// <summary>
    /// Paths of the subtrees whose volunteers may be asked: the owner's first, then those of its federation. Each ends in a slash, as
    /// <see cref="VolunteerFacts.HomePath"/> does.
    /// </summary>
    public required ImmutableArray<string> Pools { get; init; }

    public required Place Place { get; init; }

    public required Window Window { get; init; }

    /// <summary>The minutes of service that count towards a day's limit.</summary>
    public required int Minutes { get; init; }

    /// <summary>The center's zone: weekly hours, days and weeks are in it.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>When the question is asked; "recent" counts back from here.</summary>
    public required DateTimeOffset AsOf { get; init; }

    public Urgency Urgency { get; init; } = Urgency.Normal;

    public ImmutableArray<RequiredSkill> Skills { get; init; } = [];

    public ImmutableArray<Id> Qualifications { get; init; } = [];

    /// <summary>The risk asks for insurance over the whole window.</summary>
    public bool InsuranceNeeded { get; init; }

    /// <summary>The item lets minors serve, when an adult comes along.</summary>
    public bool MinorsAllowed { get; init; }

    /// <summary>Asked for by the resident, and only where the item allows asking.</summary>
    public string? Language { get; init; }

    /// <summary>Asked for by the resident, and only where the item allows asking.</summary>
    public Gender? Gender { get; init; }

    /// <summary>How far to look, in metres; null: the whole subtree.</summary>
    public double? RadiusM { get; init; }

    /// <summary>Whom the order is for; several when wishes became one order.</summary>
    public ImmutableArray<Id> Residents { get; init; } = [];

    /// <summary>Volunteers whom one of the residents will not have, or who will not go there.</summary>
    public ImmutableHashSet<Id> BlockedVolunteers { get; init; } = [];

    /// <summary>Volunteers who have had an offer for this order, whatever became of it.</summary>
    public ImmutableHashSet<Id> AlreadyAsked { get; init; } = [];

    /// <summary>Volunteers who said "pick me".</summary>
    public ImmutableHashSet<Id> PickMe { get; init; } = [];

    /// <summary>The day, in the center's zone, on which the window starts.</summary>
    public DateOnly FirstDay => LocalTime.DayOf(Window.Start, Zone);

    /// <summary>The day, in the center's zone, of the window's last instant.</summary>
    public DateOnly LastDay => LocalTime.DayOf(Window.End > Window.Start ? Window.End.AddTicks(-1) : Window.Start, Zone);
}
